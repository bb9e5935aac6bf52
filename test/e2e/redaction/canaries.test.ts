import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from '@plutus/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findLeft, startSink } from './find-left.ts'

// Put together here: none of them stands in a file. Numbers are published test numbers.
const random = 'q8Zr4Tn1Vb7Kx2Lm9Pw3Sd6F'
const jwt = ['eyJhbGciOiJIUzI1NiJ9', Buffer.from('{"sub":"canary-subject"}').toString('base64url'), random].join('.')
const CANARIES: { shaped: string[]; keyed: [key: string, value: string][]; sql: string[] } = {
  shaped: [
    '4242424242424242',
    '5555-5555-5555-4444',
    '3782 822463 10005',
    ['sk', 'live', random].join('_'),
    ['whsec', random].join('_'),
    ['AKIA', 'IOSFODNN7', 'CANARYQ'].join(''),
    jwt,
    `Basic ${Buffer.from('canary:hunter22').toString('base64')}`,
    `Bearer ${random}`,
    'jane.canary@example.com',
    'DE89370400440532013000',
    '078-05-1123',
    'postgres://canary:s3cretword@db.example.com/pay',
    'MBR-481516', // by a rule of the application's own
  ],
  keyed: [
    ['password', 'pwcanaryone'],
    ['token', 'tkcanarytwo'],
    ['cvv', 'cvcanarythree'],
    ['client_secret', 'cscanaryfour'],
    ['apiKey', 'akcanaryfive'],
    ['authorization', 'aucanarysix'],
  ],
  sql: ['sqlcanaryseven', 'sqlcanary8'],
}
// What must be nowhere; of texts that keep a part of themselves, the part that goes.
const SECRETS = [
  '4242424242424242',
  '5555-5555-5555-4444',
  '3782 822463 10005',
  random,
  ['AKIA', 'IOSFODNN7', 'CANARYQ'].join(''),
  Buffer.from('{"sub":"canary-subject"}').toString('base64url'),
  Buffer.from('canary:hunter22').toString('base64'),
  'canary-subject',
  'canary:hunter22',
  'jane.canary',
  'DE89370400440532013000',
  '078-05-1123',
  's3cretword',
  'MBR-481516',
  ...CANARIES.keyed.map(([, value]) => value),
  ...CANARIES.sql,
]
const RULES = [
  { name: 'order', pattern: 'ORD-\\d+' },
  { name: 'member', pattern: 'MBR-\\d{6}', replacement: 'MBR-****' },
]
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plutus-canaries-'))
  writeFileSync(join(folder, 'rules.json'), JSON.stringify(RULES))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const PROGRAM = fileURLToPath(new URL('programs/canaries.mjs', import.meta.url))
const LAST_WORDS = fileURLToPath(new URL('programs/last-words.mjs', import.meta.url))

interface Left {
  readonly sent: Buffer
  readonly stdout: string
  readonly stderr: string
}

/** Runs the program and returns every byte that left it. */
async function run(env: Record<string, string>): Promise<Left> {
  const sink = await startSink()
  try {
    const { code, stdout, stderr } = await runProgram({
      file: PROGRAM,
      args: ['--password', 'pwcanaryone', '--token=tkcanarytwo', '--card', '4242424242424242'],
      timeoutMillis: 100_000,
      env: {
        CANARIES: JSON.stringify(CANARIES),
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://canary:s3cretword@127.0.0.1:${sink.port}`,
        OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${random}`,
        OTEL_RESOURCE_ATTRIBUTES: `note=4242424242424242,password=pwcanaryone,team=payments`,
        OTEL_LOG_LEVEL: 'debug',
        PLUTUS_CAPTURE_REQUEST_HEADERS: 'authorization,cookie,x-note',
        PLUTUS_CAPTURE_RESPONSE_HEADERS: 'set-cookie',
        PLUTUS_CAPTURE_BODY_BYTES: '1000',
        PLUTUS_REQUEST_EVENTS: 'all',
        PLUTUS_BAGGAGE_KEYS: 'note',
        PLUTUS_REDACT_RULES_FILE: join(folder, 'rules.json'),
        PLUTUS_EXIT_WAIT_MS: '10000',
        ...env,
      },
    })
    expect(code).toBe(0)
    return { sent: Buffer.concat(sink.bodies), stdout, stderr }
  } finally {
    sink.close()
  }
}

describe.each(['plutus', 'upstream'])('with the engine %s', (engine) => {
  it.each(['http/protobuf', 'http/json'])('no secret leaves over %s, nor on the console', async (protocol) => {
    const env = { PLUTUS_ENGINE: engine, OTEL_EXPORTER_OTLP_PROTOCOL: protocol }
    const left = await run({ ...env, PLUTUS_LOG_CONSOLE: protocol === 'http/json' ? 'pretty' : 'json' })
    expect(findLeft({ ...left }, SECRETS)).toEqual([])
    const sent = left.sent.toString('utf8')
    // What is masked was there, and what is harmless still is.
    for (const text of [
      '****4242',
      '[redacted]',
      '****@example.com',
      'payments',
      'plutus.redaction.hits',
      'pan_found',
      'MBR-****',
    ]) {
      expect(sent).toContain(text)
    }
    expect(sent).toContain('--password')
    expect(sent).toContain('SELECT * FROM users WHERE name = ? ?')
    expect(left.stdout).toContain('****4242')
    expect(left.stdout).toContain('MBR-****')
    const reason = 'rule order must be a pattern of linear time: "+" has no upper bound, write {1,64}'
    expect(left.stderr.split(reason)).toHaveLength(2)
  })
})

describe.each(['plutus', 'upstream'])('with the engine %s', (engine) => {
  it.each([
    ['logs', 'log.body'],
    ['traces', 'span.name'],
    ['metrics', 'metric.attribute'],
  ])('what is found while the last %s leave is told before the end', async (signal, carrier) => {
    const sink = await startSink()
    try {
      const { code } = await runProgram({
        file: LAST_WORDS,
        timeoutMillis: 100_000,
        env: {
          SIGNAL: signal,
          CARD: CANARIES.shaped[0] ?? '',
          OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sink.port}`,
          OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
          PLUTUS_ENGINE: engine,
          PLUTUS_EXIT_WAIT_MS: '10000',
          PLUTUS_SPOOL_DIR: 'off',
        },
      })
      expect(code).toBe(0)
      const sent = sink.bodies.map(String)
      expect(sent.some((body) => body.includes('pan_found') && body.includes(carrier))).toBe(true)
      expect(sent.some((body) => body.includes('plutus.redaction.hits') && body.includes(carrier))).toBe(true)
    } finally {
      sink.close()
    }
  })
})

it("no secret leaves by upstream's console exporters", async () => {
  const console = { OTEL_TRACES_EXPORTER: 'console', OTEL_LOGS_EXPORTER: 'console', OTEL_METRICS_EXPORTER: 'console' }
  const left = await run(console)
  expect(findLeft({ ...left }, SECRETS)).toEqual([])
  expect(left.stdout).toContain('****4242')
})
