import { expect, it } from 'vitest'
import { resolveConfig } from './resolve.ts'
import { findMisspellings } from './unknown-names.ts'

const warnings = (...names: readonly string[]): string[] =>
  resolveConfig(Object.fromEntries(names.map((name) => [name, 'x']))).warnings.map(({ message }) => message)

it.each([
  ['PLUTUS_SAMPEL_RATE', 'PLUTUS_SAMPLE_RATE'],
  ['PLUTUS_EXIT_WAIT', 'PLUTUS_EXIT_WAIT_MS'],
  ['PLUTUS_REDACT_EMAILS', 'PLUTUS_REDACT_EMAIL'],
  ['PLUTUS_MAX_SPOOL_BYTES', 'PLUTUS_SPOOL_MAX_BYTES'],
  ['PLUTUS_LOG_LEVEL', 'PLUTUS_LOG_LEVELS'],
  ['PLUTUS_ENGIN', 'PLUTUS_ENGINE'],
  ['plutus_engine', 'PLUTUS_ENGINE'],
  ['Plutus_Engine', 'PLUTUS_ENGINE'],
  ['PLUTOS_ENGINE', 'PLUTUS_ENGINE'],
  ['PLUTUSENGINE', 'PLUTUS_ENGINE'],
  ['PLUTUS_QEUE_DIR', 'PLUTUS_QUEUE_DIR'],
  ['PLUTUS_OTLP_ENDPOINT_PAYMENTS', 'PLUTUS_OTLP_ENDPOINT_PAYMENT'],
  ['OTEL_TRACE_EXPORTER', 'OTEL_TRACES_EXPORTER'],
  ['OTEL_METRICS_EXPORT_INTERVAL', 'OTEL_METRIC_EXPORT_INTERVAL'],
  ['OTEL_EXPORTER_OTLP_ENDPIONT', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
])('suggests for %s the name %s', (name, nearest) => {
  expect(warnings(name)).toEqual([`${name} is not read; did you mean ${nearest}?`])
})

it('says of a name like no other that it is not read', () => {
  expect(warnings('PLUTUS_FLUX_CAPACITOR')).toEqual([
    'PLUTUS_FLUX_CAPACITOR is not read; no variable of Plutus has a name like it',
  ])
})

it.each([
  'PLUTUS_OTLP_ENDPOINT',
  'PLUTUS_OTLP_HEADERS_AUDIT',
  'PLUTUS_OTLP_CERTIFICATE_TRACES',
  'PLUTUS_OTLP_ENDPOINT_METRICS',
  'PLUTUS_QUEUE_DIR',
  'PLUTUS_ARCHIVE_DIR',
  'PLUTUS_LISTEN',
  'PLUTUS_LISTEN_GRPC_PORT',
  'PLUTUS_LISTEN_HTTP_PORT',
  'PLUTUS_HEALTH_PORT',
  'PLUTUS_TELEMETRY_PORT',
])('knows the name %s of the collector', (name) => {
  expect(warnings(name)).toEqual([])
})

// Names that other programs, languages and platforms read.
it.each([
  'PLUTUS',
  'PLATFORM',
  'PLAYWRIGHT_BROWSERS_PATH',
  'OTEL_PYTHON_LOG_LEVEL',
  'OTEL_JAVAAGENT_ENABLED',
  'OTEL_INSTRUMENTATION_HTTP_ENABLED',
  'OTEL_DOTNET_AUTO_HOME',
  'OTEL_GO_X_SELF_OBSERVABILITY',
  'OTEL_PHP_AUTOLOAD_ENABLED',
  'OTEL_EXPORTER_OTLP_SPAN_INSECURE',
  'OTEL_EXPORTER_OTLP_METRIC_INSECURE',
  'OTEL_EXPORTER_JAEGER_ENDPOINT',
  'OTEL_EXPORTER_ZIPKIN_ENDPOINT',
  'OTEL_RESOURCE_ATTRIBUTES_POD_NAME',
  'OTEL_EXPERIMENTAL_CONFIG_FILE',
  'OTEL_K8S_NODE_NAME',
  'OTEL_TRACE_EXPORTR',
  'PLUTONENGINE',
  'otel_service_name',
])('says nothing about %s', (name) => {
  expect(warnings(name)).toEqual([])
})

it('says nothing about a name of OpenTelemetry one letter off while the right one is set too', () => {
  expect(warnings('OTEL_TRACE_EXPORTER', 'OTEL_SERVICE_NAME')).toHaveLength(1)
  const env = { OTEL_TRACE_EXPORTER: 'otlp', OTEL_TRACES_EXPORTER: 'otlp' }
  expect(resolveConfig(env).warnings).toEqual([])
})

it('says nothing about what Kubernetes sets for a service named plutus-collector', () => {
  const links = [
    'PLUTUS_COLLECTOR_SERVICE_HOST',
    'PLUTUS_COLLECTOR_SERVICE_PORT',
    'PLUTUS_COLLECTOR_SERVICE_PORT_OTLP_HTTP',
    'PLUTUS_COLLECTOR_PORT',
    'PLUTUS_COLLECTOR_PORT_4318_TCP',
    'PLUTUS_COLLECTOR_PORT_4318_TCP_ADDR',
  ]
  expect(warnings(...links)).toEqual([])
  expect(warnings('PLUTUS_COLLECTOR_PORT')).toHaveLength(1)
})

it('prints of a name only letters, digits and underscores, and 64 of them', () => {
  expect(warnings('PLUTUS_\u001b[2J\r\nß')).toEqual([
    'PLUTUS_??2J??? is not read; no variable of Plutus has a name like it',
  ])
  expect(warnings(`PLUTUS_${'X'.repeat(57)}`)[0]).toMatch(/X{57} is not read/)
  expect(warnings(`PLUTUS_${'X'.repeat(100_000)}`)).toEqual([
    `PLUTUS_${'X'.repeat(57)}… is not read; no variable of Plutus has a name like it`,
  ])
})

it('tells ten names and counts the others', () => {
  const names = Array.from({ length: 1000 }, (_, at) => `PLUTUS_QQQQQQQQ_${at}`)
  const { misspellings, more } = findMisspellings([...names, 'OTEL_X', 'PLATFORM'], () => false)
  expect(misspellings).toHaveLength(10)
  expect(more).toBe(990)
  expect(warnings(...names).at(-1)).toBe('990 more names that begin with PLUTUS_ are not read')
  expect(warnings(...names.slice(0, 10))).toHaveLength(10)
})
