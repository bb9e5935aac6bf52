import { describeRange, formatValue, OPTIONS, resolveConfig } from '@plutus/config'
import type { OptionSpec } from '@plutus/config'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readText, ROOT } from './src/public-names.ts'
import { listReachableSources } from './src/reachable-sources.ts'

// Names that users write into their deployments: none of them goes away or changes its meaning.
const PROMISED = [
  'PLUTUS_ENGINE',
  'PLUTUS_ESM',
  'PLUTUS_TRUST_INCOMING',
  'PLUTUS_TRUST_PROXY',
  'PLUTUS_CORRELATION_HEADERS',
  'PLUTUS_CORRELATION_ECHO',
  'PLUTUS_SERVER_TIMING',
  'PLUTUS_CORRELATION_HOSTS',
  'PLUTUS_BAGGAGE_KEYS',
  'PLUTUS_REQUEST_EVENTS',
  'PLUTUS_SLOW_REQUEST_MS',
  'PLUTUS_SLOW_QUERY_MS',
  'PLUTUS_SLOW_REQUEST_ROUTES',
  'PLUTUS_CAPTURE_REQUEST_HEADERS',
  'PLUTUS_CAPTURE_RESPONSE_HEADERS',
  'PLUTUS_CAPTURE_BODY_BYTES',
  'PLUTUS_STRIPE_EVENTS',
  'PLUTUS_SAMPLE_RATE',
  'PLUTUS_SAMPLE_ADAPTIVE',
  'PLUTUS_POLICY_FILE',
  'PLUTUS_QUEUE_MAX_BYTES',
  'PLUTUS_EXIT_WAIT_MS',
  'PLUTUS_EXPORT_THREAD',
  'PLUTUS_SPOOL_DIR',
  'PLUTUS_SPOOL_MAX_BYTES',
  'PLUTUS_SPOOL_MAX_AGE_H',
  'PLUTUS_SPOOL_FSYNC',
  'PLUTUS_SPOOL_KEY_FILE',
  'PLUTUS_REDACT_PROFILE',
  'PLUTUS_REDACT_KEYS',
  'PLUTUS_REDACT_KEEP',
  'PLUTUS_REDACT_EMAIL',
  'PLUTUS_REDACT_IP',
  'PLUTUS_REDACT_USER_ID',
  'PLUTUS_REDACT_RULES_FILE',
  'PLUTUS_HASH_KEY_FILE',
  'PLUTUS_LOG_CONSOLE',
  'PLUTUS_LOG_DATADOG_IDS',
  'LOG_LEVEL',
  'PLUTUS_LOG_LEVELS',
]
// Defaults that the documentation promises beside the names.
const PROMISED_DEFAULTS = {
  PLUTUS_ENGINE: 'plutus',
  PLUTUS_ESM: 'auto',
  PLUTUS_TRUST_INCOMING: 'parent',
  PLUTUS_CORRELATION_HEADERS: 'x-correlation-id,x-request-id',
  PLUTUS_CORRELATION_ECHO: '0',
  PLUTUS_SERVER_TIMING: '0',
  PLUTUS_REQUEST_EVENTS: 'slow',
  PLUTUS_SLOW_REQUEST_MS: '1000',
  PLUTUS_SLOW_QUERY_MS: '100',
  PLUTUS_CAPTURE_BODY_BYTES: '0',
  PLUTUS_STRIPE_EVENTS: '1',
  PLUTUS_SAMPLE_RATE: '1',
  PLUTUS_SAMPLE_ADAPTIVE: '0',
  PLUTUS_QUEUE_MAX_BYTES: '33554432',
  PLUTUS_EXIT_WAIT_MS: '500',
  PLUTUS_EXPORT_THREAD: 'main',
  PLUTUS_SPOOL_MAX_BYTES: '67108864',
  PLUTUS_SPOOL_MAX_AGE_H: '48',
  PLUTUS_SPOOL_FSYNC: 'interval',
  PLUTUS_REDACT_PROFILE: 'pci',
  PLUTUS_REDACT_EMAIL: 'mask',
  PLUTUS_REDACT_IP: 'keep',
  PLUTUS_REDACT_USER_ID: 'keep',
  PLUTUS_LOG_CONSOLE: 'off',
  PLUTUS_LOG_DATADOG_IDS: '0',
  LOG_LEVEL: 'info',
  OTEL_LOG_LEVEL: 'info',
  OTEL_PROPAGATORS: 'tracecontext,baggage',
  OTEL_TRACES_EXPORTER: 'otlp',
  OTEL_METRICS_EXPORTER: 'otlp',
  OTEL_LOGS_EXPORTER: 'otlp',
  OTEL_TRACES_SAMPLER: 'parentbased_always_on',
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318',
  OTEL_EXPORTER_OTLP_TIMEOUT: '10000',
  OTEL_EXPORTER_OTLP_COMPRESSION: 'none',
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'cumulative',
  OTEL_METRIC_EXPORT_INTERVAL: '60000',
  OTEL_METRIC_EXPORT_TIMEOUT: '30000',
  OTEL_BSP_MAX_QUEUE_SIZE: '2048',
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '512',
  OTEL_BSP_SCHEDULE_DELAY: '5000',
  OTEL_BSP_EXPORT_TIMEOUT: '30000',
  OTEL_BLRP_MAX_QUEUE_SIZE: '2048',
  OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: '512',
  OTEL_BLRP_SCHEDULE_DELAY: '1000',
  OTEL_BLRP_EXPORT_TIMEOUT: '30000',
  OTEL_ATTRIBUTE_COUNT_LIMIT: '128',
  OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '',
}

const specs: readonly OptionSpec[] = OPTIONS
const byName = new Map(specs.map((spec) => [spec.variable, spec]))
const each = specs.map((spec) => [spec.variable, spec] as const)

it('has every promised variable and no other of its own', () => {
  const own = specs.filter(({ source }) => source === 'plutus' || source === 'common').map(({ variable }) => variable)
  expect(own.sort()).toEqual(PROMISED.toSorted())
})

it('names every variable once', () => {
  expect(byName.size).toBe(specs.length)
})

it.each(Object.entries(PROMISED_DEFAULTS))('%s is %j by default', (variable, byDefault) => {
  const spec = byName.get(variable)
  expect(spec && formatValue(spec, spec.default)).toBe(byDefault)
})

describe.each(each)('%s', (variable, spec) => {
  it('has a description, a range, a default or none, and a source', () => {
    expect(spec.description).toMatch(/^[A-Z].*\.$/)
    expect(describeRange(spec)).not.toBe('')
    expect(spec).toHaveProperty('default')
    expect(spec.source === 'plutus').toBe(variable.startsWith('PLUTUS_'))
  })

  it('has a unit in its description where its name has one', () => {
    const unit = { MS: 'ms', BYTES: 'By', H: 'h' }[/_(MS|BYTES|H)$/.exec(variable)?.[1] ?? '']
    expect(unit === undefined || spec.unit === unit).toBe(true)
  })

  it('accepts its own default, written out', () => {
    const written = formatValue(spec, spec.default)
    const config = resolveConfig({ [variable]: written })
    expect(config.get(spec.variable as 'OTEL_SDK_DISABLED')).toEqual(spec.default)
    expect(config.warnings.filter(({ message }) => message.includes('must be'))).toEqual([])
  })

  it('refers to variables of its own type', () => {
    for (const other of [spec.fallback, spec.atMost].filter((name) => name !== undefined)) {
      expect(byName.get(other)?.type).toBe(spec.type)
    }
  })
})

it('keeps everything secret that holds credentials', () => {
  expect(specs.filter(({ secret }) => secret).map(({ variable }) => variable)).toEqual(
    specs
      .filter(({ variable }) => variable.endsWith('OTLP_HEADERS') || /OTLP_[A-Z]+_HEADERS$/.test(variable))
      .map(({ variable }) => variable),
  )
})

it('says of a variable of its own that it has no effect if, and only if, neither the hook nor the loggers read it', () => {
  const hook = readdirSync(join(ROOT, 'packages/otel-register/src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => `packages/otel-register/src/${path.replaceAll('\\', '/')}`)
  const text = listReachableSources([...hook, 'packages/events/src/index.ts'])
    .filter((path) => !path.startsWith('packages/config/'))
    .map(readText)
    .join('\n')
  // Whatever is asked for, the one engine there is runs; `upstream` gets what it asked for.
  const own = specs.filter(({ variable }) => PROMISED.includes(variable) && variable !== 'PLUTUS_ENGINE')
  expect(text).toContain("'OTEL_TRACES_SAMPLER'")
  expect(own.filter(({ inert }) => inert === true).map(({ variable }) => variable)).toEqual(
    own.filter(({ variable }) => !text.includes(`'${variable}'`)).map(({ variable }) => variable),
  )
})
