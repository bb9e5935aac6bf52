import type { Components } from '../collector-config.ts'
import type { BackendName, Policy } from '../policy.ts'
import { fromEnv, fromEnvOf } from './environment.ts'
import { BATCH, queueOf } from './queues.ts'
import type { BatchSize } from './queues.ts'
import { signalOf } from './outputs.ts'
import type { Output } from './outputs.ts'

/** An exporter, and what it needs beside it. */
export interface BuiltExporter {
  readonly id: string
  readonly exporters: Components
  readonly extensions: Components
}

type Settings = Readonly<Record<string, unknown>>

// CloudWatch takes a megabyte at once.
const CLOUDWATCH_BATCH: BatchSize = { minBytes: 250_000, maxBytes: 900_000, waitMillis: 200 }
const SPLUNK_BATCH: BatchSize = { ...BATCH, maxBytes: 1_800_000 }
const AWS_SERVICES = { logs: 'logs', traces: 'xray', metrics: 'monitoring' } as const

/** The exporter of an output to a backend. All but three take OTLP. */
export function buildBackend(policy: Policy, backend: BackendName, output: Output): BuiltExporter {
  switch (backend) {
    case 'clickhouse':
      return alone(`clickhouse/${output}`, clickhouse(policy, output))
    case 'splunk':
      return alone(`splunk_hec/${output}`, splunk(policy, output))
    case 'cloudwatch':
      return cloudwatch(policy, output)
    case 'otlp':
    case 'grafana':
    case 'victoria':
    case 'elasticsearch':
    case 'opensearch':
    case 'datadog':
      return alone(`otlp_http/${output}`, otlp(policy, output, 'gzip')) // which every backend reads
  }
}

/** The exporter of an output to the next collector. */
export function buildNextTier(policy: Policy, output: Output): BuiltExporter {
  if (policy.targets.transport === 'kafka') return alone(`kafka/${output}`, kafka(policy, output))
  return alone(`otlp_http/${output}`, otlp(policy, output, 'zstd'))
}

/** Resource attributes by which a backend tells the classes apart, beside `plutus.data.class`. */
export function resourceAttributesOf(backend: BackendName, output: Output): Readonly<Record<string, string>> {
  if (backend !== 'elasticsearch') return {}
  return { 'data_stream.dataset': `plutus.${output}`, 'data_stream.namespace': 'default' }
}

function otlp(policy: Policy, output: Output, compression: string, batch = BATCH): Settings {
  return {
    endpoint: fromEnvOf('PLUTUS_OTLP_ENDPOINT', output),
    headers: fromEnvOf('PLUTUS_OTLP_HEADERS', output),
    tls: {
      ca_file: fromEnvOf('PLUTUS_OTLP_CERTIFICATE', output),
      cert_file: fromEnvOf('PLUTUS_OTLP_CLIENT_CERTIFICATE', output),
      key_file: fromEnvOf('PLUTUS_OTLP_CLIENT_KEY', output),
    },
    compression,
    timeout: '10s',
    ...queueOf(policy, output, batch),
  }
}

function clickhouse(policy: Policy, output: Output): Settings {
  return {
    endpoint: fromEnv('PLUTUS_CLICKHOUSE_ENDPOINT'),
    database: fromEnv('PLUTUS_CLICKHOUSE_DATABASE'),
    username: fromEnv('PLUTUS_CLICKHOUSE_USERNAME'),
    password: fromEnv('PLUTUS_CLICKHOUSE_PASSWORD'),
    create_schema: false, // the tables with their retention are rendered from the policy
    ...(signalOf(output) === 'logs' ? { logs_table_name: `otel_logs_${output}` } : {}),
    timeout: '10s',
    ...queueOf(policy, output),
  }
}

function splunk(policy: Policy, output: Output): Settings {
  return {
    endpoint: fromEnv('PLUTUS_SPLUNK_ENDPOINT'),
    token: fromEnv('PLUTUS_SPLUNK_TOKEN'),
    index: `${fromEnv('PLUTUS_SPLUNK_INDEX')}_${output}`,
    source: 'plutus',
    tls: { ca_file: fromEnv('PLUTUS_OTLP_CERTIFICATE') },
    timeout: '10s',
    ...queueOf(policy, output, SPLUNK_BATCH),
  }
}

function cloudwatch(policy: Policy, output: Output): BuiltExporter {
  const signal = signalOf(output)
  const id = `otlp_http/${output}`
  const authenticator = `sigv4auth/${signal}`
  const region = fromEnv('PLUTUS_AWS_REGION')
  const endpoint = fromEnv(`PLUTUS_CLOUDWATCH_${signal.toUpperCase()}`)
  const { headers: _unused, ...settings } = otlp(policy, output, 'gzip', CLOUDWATCH_BATCH)
  const headers = { 'x-aws-log-group': `/plutus/${output}`, 'x-aws-log-stream': 'collector' }
  return {
    id,
    exporters: {
      [id]: { ...settings, endpoint, ...(signal === 'logs' ? { headers } : {}), auth: { authenticator } },
    },
    extensions: { [authenticator]: { region, service: AWS_SERVICES[signal] } },
  }
}

/** The topic of an output. */
export function topicOf(output: Output): string {
  return `plutus.${output}`
}

// Brokers take a message of a megabyte; the rest is the envelope.
const KAFKA_BATCH: BatchSize = { minBytes: 250_000, maxBytes: 900_000, waitMillis: 200 }

function kafka(policy: Policy, output: Output): Settings {
  return {
    brokers: fromEnv('PLUTUS_KAFKA_BROKERS'),
    tls: fromEnv('PLUTUS_KAFKA_TLS'),
    auth: fromEnv('PLUTUS_KAFKA_AUTH'),
    [signalOf(output)]: { topic: topicOf(output), encoding: 'otlp_proto' },
    // A trace stays in one partition, and so with one sampler.
    ...(output === 'traces' ? { partition_traces_by_id: true } : {}),
    producer: { required_acks: 'all', compression: 'zstd' },
    timeout: '5s',
    ...queueOf(policy, output, KAFKA_BATCH),
  }
}

function alone(id: string, settings: Settings): BuiltExporter {
  return { id, exporters: { [id]: settings }, extensions: {} }
}
