import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { runProgram } from '@plutus/test-kit'
import { describe, expect, it } from 'vitest'

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
  'jane.canary',
  'DE89370400440532013000',
  '078-05-1123',
  's3cretword',
  ...CANARIES.keyed.map(([, value]) => value),
  ...CANARIES.sql,
]
const PROGRAM = fileURLToPath(new URL('programs/canaries.mjs', import.meta.url))

interface Left {
  readonly bodies: readonly Buffer[]
  readonly stdout: string
  readonly stderr: string
}

/** Runs the program and returns every byte that left it. */
async function run(env: Record<string, string>): Promise<Left> {
  const bodies: Buffer[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks))
      response.writeHead(200, { 'content-type': request.headers['content-type'] ?? '' })
      response.end(request.headers['content-type'] === 'application/json' ? '{}' : '')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address() as { port: number }
  try {
    const { code, stdout, stderr } = await runProgram({
      file: PROGRAM,
      timeoutMillis: 100_000,
      env: {
        CANARIES: JSON.stringify(CANARIES),
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://canary:s3cretword@127.0.0.1:${address.port}`,
        OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${random}`,
        OTEL_RESOURCE_ATTRIBUTES: `note=4242424242424242,password=pwcanaryone,team=payments`,
        OTEL_METRIC_EXPORT_INTERVAL: '1000',
        OTEL_METRIC_EXPORT_TIMEOUT: '1000',
        OTEL_LOG_LEVEL: 'debug',
        PLUTUS_CAPTURE_REQUEST_HEADERS: 'authorization,cookie,x-note',
        PLUTUS_CAPTURE_RESPONSE_HEADERS: 'set-cookie',
        PLUTUS_CAPTURE_BODY_BYTES: '1000',
        PLUTUS_REQUEST_EVENTS: 'all',
        PLUTUS_BAGGAGE_KEYS: 'note',
        PLUTUS_EXIT_WAIT_MS: '10000',
        ...env,
      },
    })
    expect(code).toBe(0)
    return { bodies, stdout, stderr }
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

/** Ways to read what left: as it is, unescaped, with digits of other widths as ASCII. */
function readings(bytes: Buffer): string[] {
  const text = bytes.toString('utf8')
  const unescaped = text
    .replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))
    .replaceAll(/\\+u([0-9a-f]{4})/gi, (_run, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll(/\\+"/g, '"')
  const narrow = unescaped.replaceAll(/[\uff10-\uff19]/g, (digit) => String(digit.charCodeAt(0) - 0xff10))
  return [text, unescaped, narrow]
}

function findLeft({ bodies, stdout, stderr }: Left): string[] {
  const places = { bodies: Buffer.concat(bodies), stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) }
  return Object.entries(places).flatMap(([place, bytes]) =>
    readings(bytes).flatMap((text) =>
      SECRETS.flatMap((secret) => {
        const at = text.indexOf(secret)
        return at === -1 ? [] : [`${place}: ${text.slice(Math.max(0, at - 60), at + secret.length + 20)}`]
      }),
    ),
  )
}

describe.each(['plutus', 'upstream'])('with the engine %s', (engine) => {
  it.each(['http/protobuf', 'http/json'])('no secret leaves over %s, nor on the console', async (protocol) => {
    const env = { PLUTUS_ENGINE: engine, OTEL_EXPORTER_OTLP_PROTOCOL: protocol }
    const left = await run({ ...env, PLUTUS_LOG_CONSOLE: protocol === 'http/json' ? 'pretty' : 'json' })
    expect(findLeft(left)).toEqual([])
    const sent = Buffer.concat(left.bodies).toString('utf8')
    // What is masked was there, and what is harmless still is.
    for (const text of [
      '****4242',
      '[redacted]',
      '****@example.com',
      'payments',
      'plutus.redaction.hits',
      'pan_found',
    ]) {
      expect(sent).toContain(text)
    }
    expect(sent).toContain('SELECT * FROM users WHERE name = ? ?')
    expect(left.stdout).toContain('****4242')
  })
})

it("no secret leaves by upstream's console exporters", async () => {
  const console = { OTEL_TRACES_EXPORTER: 'console', OTEL_LOGS_EXPORTER: 'console', OTEL_METRICS_EXPORTER: 'console' }
  const left = await run(console)
  expect(findLeft(left)).toEqual([])
  expect(left.stdout).toContain('****4242')
})
