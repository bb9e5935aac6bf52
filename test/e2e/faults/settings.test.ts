import { isFull, startReceiver } from '@plutus/test-kit'
import type { Receiver } from '@plutus/test-kit'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runBoth } from './run-both.ts'

let receiver: Receiver
let folder: string

beforeEach(async () => {
  receiver = await startReceiver()
  folder = mkdtempSync(join(tmpdir(), 'plutus-faults-'))
})

afterEach(async () => {
  await receiver.close()
  rmSync(folder, { recursive: true, force: true })
})

const run = (env: Record<string, string>) => runBoth({ program: 'payment.mjs', args: ['3'], receiver, env })
const arrived = (): number[] => [receiver.spans.length, receiver.logs.length]

const WRONG = [
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'nonsense'],
  ['OTEL_EXPORTER_OTLP_COMPRESSION', 'nonsense'],
  ['OTEL_EXPORTER_OTLP_TIMEOUT', 'nonsense'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'nonsense'],
  ['OTEL_TRACES_SAMPLER', 'nonsense'],
  ['OTEL_TRACES_SAMPLER_ARG', 'nonsense'],
  ['OTEL_PROPAGATORS', 'nonsense'],
  ['OTEL_TRACES_EXPORTER', 'nonsense'],
  ['OTEL_BSP_MAX_QUEUE_SIZE', '-1'],
  ['OTEL_METRIC_EXPORT_INTERVAL', 'nonsense'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'nonsense'],
  ['OTEL_SDK_DISABLED', 'nonsense'],
] as const

// Each alone with `test:full`.
it.each((isFull ? WRONG.map((one) => [one]) : [WRONG]).map((wrong) => [wrong.map(([name]) => name), wrong] as const))(
  'a wrong value is told in one line that names its variable, and the default holds: %j',
  async (names, wrong) => {
    const lines = await run(Object.fromEntries(wrong))
    const told = lines.map((line) => /\b(OTEL_\w+) must be/.exec(line)?.[1])
    expect([told.length, new Set(told)]).toEqual([names.length, new Set<string>(names)])
    expect(lines.join('\n')).not.toContain('nonsense')
    expect(arrived()).toEqual([1, 1])
  },
)

it('a wrong endpoint is told without its value', async () => {
  const lines = await run({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'ftp://user:nonsense@host' })
  expect(lines).toEqual([expect.stringContaining('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT must be')])
  expect(lines[0]).not.toContain('nonsense')
  expect(arrived()).toEqual([1, 1])
})

it('a missing certificate is told in one line that names variable and file', async () => {
  const file = join(folder, 'absent.pem')
  expect(await run({ OTEL_EXPORTER_OTLP_CERTIFICATE: file })).toEqual([
    `plutus: OTEL_EXPORTER_OTLP_CERTIFICATE names ${file}, which cannot be read (ENOENT); the certificates that Node trusts are used instead`,
  ])
  expect(arrived()).toEqual([1, 1])
})

it.each([
  ['is no PEM file', 'nonsense', 'which is no PEM file; the certificates that Node trusts are used instead'],
  ['is damaged', '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n', 'TLS does not accept'],
])('a certificate that %s is told in one line', async (_what, text, problem) => {
  const file = join(folder, 'ca.pem')
  writeFileSync(file, text)
  const lines = await run({ OTEL_EXPORTER_OTLP_CERTIFICATE: file })
  expect(lines).toEqual([expect.stringContaining(problem)])
  expect(lines[0]).toContain('OTEL_EXPORTER_OTLP_CERTIFICATE')
  expect(arrived()).toEqual([1, 1])
})

it('a client certificate without its key is told in one line', async () => {
  const secure = await startReceiver({ tls: 'server' })
  try {
    const certificate = secure.certificates?.clientCertificate ?? ''
    const lines = await run({ OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: certificate })
    expect(lines).toEqual([
      'plutus: OTEL_EXPORTER_OTLP_CLIENT_KEY is not set; requests go without a client certificate',
    ])
  } finally {
    await secure.close()
  }
})

it('an absent configuration file is told in one line, and the variables hold', async () => {
  const file = join(folder, 'absent.yaml')
  expect(await run({ OTEL_CONFIG_FILE: file })).toEqual([
    `plutus: OTEL_CONFIG_FILE names ${file}, which cannot be read (ENOENT); the OTEL_* variables hold instead`,
  ])
  expect(arrived()).toEqual([1, 1])
})

it('a configuration file that cannot be read costs that line alone beside the start line, and our own engine runs', async () => {
  const [told, start, ...more] = await run({ OTEL_CONFIG_FILE: folder, OTEL_LOG_LEVEL: 'info' })
  expect(told).toBe(
    `plutus: OTEL_CONFIG_FILE names ${folder}, which cannot be read (EISDIR); the OTEL_* variables hold instead`,
  )
  expect(start).toMatch(/^plutus: @plutus\/otel-register \S+ sends to http:/)
  expect(more).toEqual([])
  expect(receiver.spans[0]?.resource['telemetry.sdk.name']).toBe('@plutus/sdk')
})

it.each(['none', 'error'])('nothing is told with OTEL_LOG_LEVEL=%s', async (level) => {
  expect(await run({ OTEL_LOG_LEVEL: level, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' })).toEqual([])
})

it('a disabled SDK leaves the program as it is and sends nothing', async () => {
  expect(await run({ OTEL_SDK_DISABLED: 'true' })).toEqual([])
  expect(receiver.requests).toEqual([])
})
