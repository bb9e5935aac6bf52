/** A variable that a rendered collector reads. */
export interface CollectorVariable {
  readonly name: string
  /** What it is for, as the header of a rendering tells it. */
  readonly about: string
  /** Used where it is not set; without one, it has to be set. */
  readonly fallback?: string
}

// The names are a promise. `_AUDIT` and its like, `_TRACES` and `_METRICS` may follow those that say so.
const VARIABLES: readonly CollectorVariable[] = [
  {
    name: 'PLUTUS_OTLP_ENDPOINT',
    about: 'where telemetry goes: base URL of an OTLP/HTTP endpoint; by output with _AUDIT, ..., _TRACES, _METRICS',
  },
  { name: 'PLUTUS_OTLP_HEADERS', about: 'headers for it, one `name: value` a line; also by output', fallback: '[]' },
  {
    name: 'PLUTUS_OTLP_CERTIFICATE',
    about: "file with the authority of that endpoint's certificate; also by output",
    fallback: '',
  },
  {
    name: 'PLUTUS_OTLP_CLIENT_CERTIFICATE',
    about: 'file with a certificate to present there; also by output',
    fallback: '',
  },
  { name: 'PLUTUS_OTLP_CLIENT_KEY', about: 'file with its key; also by output', fallback: '' },
  {
    name: 'PLUTUS_SAMPLERS',
    about:
      'the samplers, as a YAML map: {static: {hostnames: [a:4317, b:4317]}} or {dns: {hostname: samplers, port: 4317}}',
  },
  { name: 'PLUTUS_SAMPLERS_INSECURE', about: 'whether they are spoken to without TLS', fallback: 'true' },
  { name: 'PLUTUS_SAMPLERS_CERTIFICATE', about: 'file with the authority of their certificates', fallback: '' },
  { name: 'PLUTUS_CLICKHOUSE_ENDPOINT', about: 'ClickHouse: tcp://host:9000?... or https://...' },
  { name: 'PLUTUS_CLICKHOUSE_DATABASE', about: 'database in it', fallback: 'otel' },
  { name: 'PLUTUS_CLICKHOUSE_USERNAME', about: 'user name for it', fallback: '' },
  { name: 'PLUTUS_CLICKHOUSE_PASSWORD', about: 'password for it', fallback: '' },
  { name: 'PLUTUS_SPLUNK_ENDPOINT', about: "Splunk's HTTP event collector: https://host:8088/services/collector" },
  { name: 'PLUTUS_SPLUNK_TOKEN', about: 'token for it' },
  { name: 'PLUTUS_SPLUNK_INDEX', about: 'prefix of the indexes, one for each output', fallback: 'plutus' },
  { name: 'PLUTUS_AWS_REGION', about: 'region of the AWS endpoints', fallback: 'us-east-1' },
  {
    name: 'PLUTUS_CLOUDWATCH_LOGS',
    about: "CloudWatch's endpoint for logs",
    fallback: 'https://logs.${env:PLUTUS_AWS_REGION:-us-east-1}.amazonaws.com',
  },
  {
    name: 'PLUTUS_CLOUDWATCH_TRACES',
    about: 'that for traces',
    fallback: 'https://xray.${env:PLUTUS_AWS_REGION:-us-east-1}.amazonaws.com',
  },
  {
    name: 'PLUTUS_CLOUDWATCH_METRICS',
    about: 'that for metrics',
    fallback: 'https://monitoring.${env:PLUTUS_AWS_REGION:-us-east-1}.amazonaws.com',
  },
  { name: 'PLUTUS_S3_BUCKET', about: 'bucket of the archive; by class with _AUDIT, ... where one needs its own' },
  { name: 'PLUTUS_S3_ENDPOINT', about: 'an S3 server other than that of AWS', fallback: '' },
  { name: 'PLUTUS_S3_PATH_STYLE', about: 'whether the bucket stands in the path', fallback: 'false' },
  { name: 'PLUTUS_KAFKA_BROKERS', about: 'brokers, as a YAML list', fallback: '[localhost:9092]' },
  { name: 'PLUTUS_KAFKA_TLS', about: 'TLS towards the brokers, as a YAML map', fallback: 'null' },
  { name: 'PLUTUS_KAFKA_AUTH', about: 'authentication there, as a YAML map', fallback: 'null' },
  { name: 'PLUTUS_QUEUE_DIR', about: 'folder of the queues: they survive a kill', fallback: 'plutus-queue' },
  {
    name: 'PLUTUS_ARCHIVE_DIR',
    about: 'folder of the archive, one folder per class in it',
    fallback: 'plutus-archive',
  },
  { name: 'PLUTUS_LISTEN', about: 'address to listen on', fallback: '127.0.0.1' },
  { name: 'PLUTUS_LISTEN_GRPC_PORT', about: 'OTLP over gRPC', fallback: '4317' },
  { name: 'PLUTUS_LISTEN_HTTP_PORT', about: 'OTLP over HTTP', fallback: '4318' },
  { name: 'PLUTUS_LISTEN_CERTIFICATE', about: 'file with the certificate of the listeners' },
  { name: 'PLUTUS_LISTEN_KEY', about: 'file with its key' },
  { name: 'PLUTUS_LISTEN_CLIENT_CA', about: 'file with the authority of those who may send' },
  { name: 'PLUTUS_HEALTH_PORT', about: 'answers 200 while all is well', fallback: '13133' },
  { name: 'PLUTUS_TELEMETRY_PORT', about: "the collector's own metrics, for Prometheus", fallback: '8888' },
]

/** The reference to a variable, with its fallback, as a collector resolves it. */
export function fromEnv(name: string): string {
  const variable = VARIABLES.find((one) => one.name === name)
  if (variable === undefined) throw new TypeError(`${name} is no variable of a collector`)
  return variable.fallback === undefined ? `\${env:${name}}` : `\${env:${name}:-${variable.fallback}}`
}

/** The reference to a variable that may be set for one output only. */
export function fromEnvOf(name: string, output: string): string {
  return `\${env:${name}_${output.toUpperCase()}:-${fromEnv(name)}}`
}

/** The variables that a text refers to, in the order of the table. */
export function variablesIn(text: string): readonly CollectorVariable[] {
  const used = new Set([...text.matchAll(/\$\{env:([A-Z0-9_]+)/g)].map((match) => match[1]))
  return VARIABLES.filter(({ name }) => used.has(name))
}

/** A text in which a collector is to find no reference: it reads `$$` as `$`. */
export function asLiteral(text: string): string {
  return text.replaceAll('$', '$$$$')
}
