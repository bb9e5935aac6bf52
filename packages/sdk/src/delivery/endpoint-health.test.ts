import { expect, it, vi } from 'vitest'
import { EndpointHealth, showUrl } from './endpoint-health.ts'
import type { OtlpSettings, Signal } from './settings.ts'
import type { Problem } from './transport.ts'

const NAMES = {
  endpoint: 'OTEL_EXPORTER_OTLP_ENDPOINT',
  headers: 'OTEL_EXPORTER_OTLP_HEADERS',
  protocol: 'OTEL_EXPORTER_OTLP_PROTOCOL',
  timeout: 'OTEL_EXPORTER_OTLP_TIMEOUT',
  certificate: 'OTEL_EXPORTER_OTLP_CERTIFICATE',
  batchSize: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
}

function settingsFor(url: string): OtlpSettings {
  return {
    kind: 'otlp',
    protocol: 'http/protobuf',
    url: new URL(url),
    headers: { authorization: 'secret-token' },
    timeoutMillis: 10_000,
    gzip: false,
    tls: {},
    names: NAMES,
  }
}

const SETTINGS = settingsFor('http://secret-user:secret-password@collector:4318/v1/traces?key=secret-key')

function createHealth() {
  const lines: string[] = []
  const health = new EndpointHealth((line) => lines.push(line), 'is lost')
  const fail = (signal: Signal, problem: Problem = 'unreachable'): void =>
    health.failed(SETTINGS, signal, { ok: false, problem, retryable: true, detail: 'CODE' })
  return { lines, health, fail }
}

it.each(['unreachable', 'timeout', 'certificate', 'credentials'] as const)(
  'speaks of no service and of nothing lost where a command sends what is on disk: %s',
  (problem) => {
    const lines: string[] = []
    const health = new EndpointHealth((line) => lines.push(line), 'stays on disk')
    health.failed(SETTINGS, 'logs', { ok: false, problem, retryable: true, detail: 'CODE' })
    expect(lines).toEqual([expect.not.stringMatching(/service|lost|memory/)])
  },
)

it('tells one outage once, whichever signals and attempts meet it', () => {
  const { lines, fail } = createHealth()
  fail('traces')
  fail('traces', 'timeout')
  fail('logs')
  fail('metrics', 'certificate')
  expect(lines).toHaveLength(1)
})

it('tells the end when every signal that failed has arrived', () => {
  const { lines, health, fail } = createHealth()
  fail('traces')
  fail('logs')
  health.succeeded(SETTINGS, 'metrics')
  health.succeeded(SETTINGS, 'traces')
  expect(lines).toHaveLength(1)
  health.succeeded(SETTINGS, 'logs')
  expect(lines[1]).toBe('http://collector:4318/v1/traces takes telemetry again')
})

it('tells a second outage in other words, but not within a minute of the first', () => {
  vi.useFakeTimers()
  try {
    const { lines, health, fail } = createHealth()
    fail('traces')
    health.succeeded(SETTINGS, 'traces')
    vi.advanceTimersByTime(59_000)
    fail('traces')
    expect(lines).toHaveLength(2)
    vi.advanceTimersByTime(1000)
    fail('traces')
    health.succeeded(SETTINGS, 'traces')
    expect(lines).toHaveLength(4)
    expect(new Set(lines).size).toBe(4)
  } finally {
    vi.useRealTimers()
  }
})

it('says nothing about an attempt that was only cut short', () => {
  const { lines, fail } = createHealth()
  fail('traces', 'aborted')
  expect(lines).toEqual([])
})

it.each([
  ['unreachable', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
  ['timeout', 'OTEL_EXPORTER_OTLP_TIMEOUT'],
  ['certificate', 'OTEL_EXPORTER_OTLP_CERTIFICATE'],
  ['protocol', 'OTEL_EXPORTER_OTLP_PROTOCOL'],
  ['credentials', 'OTEL_EXPORTER_OTLP_HEADERS'],
  ['missing', 'OTEL_EXPORTER_OTLP_ENDPOINT, to which /v1/traces is appended'],
  ['too-large', 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE'],
  ['record-too-large', 'limit'],
  ['refused', 'CODE'],
  ['busy', 'CODE'],
] as const)('names the endpoint and %s by what to look at, and no secret', (problem, hint) => {
  const { lines, fail } = createHealth()
  fail('traces', problem)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('http://collector:4318')
  expect(lines[0]).toContain(hint)
  expect(lines[0]).not.toContain('secret')
})

it('shows an endpoint without user name, password and query', () => {
  expect(showUrl(SETTINGS)).toBe('http://collector:4318/v1/traces')
})
