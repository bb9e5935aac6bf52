import { fileURLToPath } from 'node:url'
import { createDatabase, isFull, services, startProgram, startStripe } from '@plutus/test-kit'
import { expect, it } from 'vitest'
import { findLeft, startSink } from './find-left.ts'

// Put together here: none of them stands in a file. Numbers are published test numbers.
const RANDOM = 'q8Zr4Tn1Vb7Kx2Lm9Pw3Sd6F'
const CLAIMS = '{"sub":"canary-subject"}'
const JWT = ['eyJhbGciOiJIUzI1NiJ9', Buffer.from(CLAIMS).toString('base64url'), RANDOM].join('.')
const BASIC = Buffer.from('canary:hunter22').toString('base64')
const STRIPE_KEY = ['sk', 'test', RANDOM].join('_')
const PASSWORD = `seed-${RANDOM}`
const SHAPED = [
  '4242424242424242',
  '5555-5555-5555-4444',
  '3782 822463 10005',
  STRIPE_KEY,
  ['whsec', RANDOM].join('_'),
  ['AKIA', 'IOSFODNN7', 'CANARYQ'].join(''),
  JWT,
  `Basic ${BASIC}`,
  `Bearer ${RANDOM}`,
  'jane.canary@example.com',
  'DE89370400440532013000',
  '078-05-1123',
  'postgres://canary:s3cretword@db.example.com/pay',
]
const KEYED = {
  password: 'pwcanaryone',
  token: 'tkcanarytwo',
  cvv: 'cvcanarythree',
  client_secret: 'cscanaryfour',
  apiKey: 'akcanaryfive',
  authorization: 'aucanarysix',
}
// What must be nowhere; of texts that keep a part of themselves, the part that goes.
const SECRETS = [
  ...SHAPED.slice(0, 3),
  RANDOM,
  ['AKIA', 'IOSFODNN7', 'CANARYQ'].join(''),
  CLAIMS,
  BASIC,
  'canary:hunter22',
  'jane.canary',
  'DE89370400440532013000',
  '078-05-1123',
  's3cretword',
  'alice@',
  'sidcanaryeight',
  ...Object.values(KEYED),
]
const SERVER = fileURLToPath(new URL('../../../examples/checkout/src/server.ts', import.meta.url))
const FOLDER = fileURLToPath(new URL('.', import.meta.url)) // from where the hook is found by its name
const MOST_MILLIS = 180_000
// JSON is made of the same bytes, and the other canaries go both ways.
const WAYS = [
  ['plutus', 'http/protobuf'],
  ['upstream', 'http/protobuf'],
  ['plutus', 'http/json'],
] as const

const wide = (text: string): string => text.replaceAll(/[0-9]/g, (digit) => String.fromCharCode(0xff10 + Number(digit)))
const FORMS: readonly ((text: string) => string)[] = [
  encodeURIComponent,
  (text) => JSON.stringify({ note: text }),
  wide,
]
// Every secret in every form with the long counts; all of them together in each otherwise.
const FORMED = isFull ? SHAPED : [SHAPED.join(' ; ')]
const TEXTS = [...SHAPED, ...FORMED.flatMap((text) => FORMS.map((form) => form(text)))]

type Send = (path: string, headers?: Record<string, string>, body?: string, method?: string) => Promise<Response>
type Sign = (event: object) => { readonly body: string; readonly headers: Record<string, string> }

/** Sends one text in all the places where a client can put it; answers do not matter. */
async function sendEverywhere(text: string, send: Send, sign: Sign, login: Record<string, string>): Promise<void> {
  const inUrl = encodeURIComponent(text)
  const inHeader = /^[\x20-\x7e]*$/.test(text) ? text : inUrl
  const headers = {
    'x-note': inHeader,
    'user-agent': `client ${inHeader}`,
    referer: `https://shop.example/${inUrl}?note=${inUrl}#${inUrl}`,
    'x-correlation-id': inHeader,
    'x-request-id': inHeader,
    'x-forwarded-for': inHeader,
    baggage: `note=${inUrl}`,
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    tracestate: `v=${inHeader.replaceAll(/[,=]/g, '')}`,
    cookie: `sid=sidcanaryeight; note=${inUrl}`,
    'x-api-key': KEYED.apiKey,
  }
  const order = { amount: 1999, currency: 'eur', paymentMethod: 'pm_card_visa', description: text }
  const asJson = { ...headers, 'content-type': 'application/json' }
  const paid = { ...asJson, ...login, 'idempotency-key': inUrl.slice(0, 128) }
  const object = {
    id: 'pi_1',
    object: 'payment_intent',
    amount: 1,
    currency: 'eur',
    metadata: { note: text, ...KEYED },
  }
  const event = {
    id: 'evt_1',
    object: 'event',
    type: 'payment_intent.succeeded',
    data: { object: { ...object, status: text } },
  }
  const webhook = sign(event)
  await send(`/payments?q=${inUrl}&note=${inUrl}`, { ...headers, ...login })
  await send(`/payments/${inUrl}?${new URLSearchParams({ ...KEYED, q: text }).toString()}`, {
    ...headers,
    authorization: inHeader,
  })
  await send(`/unknown/${inUrl}/${inUrl}`, headers)
  await send('/payments', paid, JSON.stringify(order))
  await send('/payments', paid, JSON.stringify({ ...order, currency: text, [text]: text, ...KEYED }))
  await send('/payments', paid, `{"note":${JSON.stringify(text)},"password":"${KEYED.password}",`)
  await send('/payments', { ...paid, 'content-type': 'application/x-www-form-urlencoded' }, `note=${inUrl}`)
  await send(`/payments/${inUrl}/refund`, paid, JSON.stringify({ amount: text }))
  await send('/webhooks/stripe', { ...headers, ...webhook.headers }, webhook.body)
  await send('/webhooks/stripe', { ...asJson, 'stripe-signature': `t=1,v1=${inHeader}` }, webhook.body)
}

/** Runs the service under the hook, places every secret, stops it, and returns what left. */
async function run(
  env: Record<string, string>,
): Promise<{ sent: Buffer; stderr: string; statuses: Set<number>; token: string }> {
  const sink = await startSink()
  const stripe = await startStripe()
  const database = services.postgres.available ? await createDatabase() : undefined
  const service = startProgram({
    file: SERVER,
    cwd: FOLDER,
    ready: /"msg":"listening"/,
    timeoutMillis: MOST_MILLIS,
    env: {
      PORT: '0',
      SEED_PASSWORD: PASSWORD,
      ...(database && { DATABASE_URL: database.url }),
      STRIPE_API_BASE: stripe.url,
      STRIPE_SECRET_KEY: STRIPE_KEY,
      STRIPE_WEBHOOK_SECRET: stripe.webhookSecret,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sink.port}`,
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
      OTEL_METRIC_EXPORT_TIMEOUT: '1000',
      PLUTUS_CAPTURE_REQUEST_HEADERS:
        'authorization,cookie,x-note,x-api-key,referer,idempotency-key,stripe-signature,x-forwarded-for,tracestate',
      PLUTUS_CAPTURE_RESPONSE_HEADERS: 'set-cookie,location',
      PLUTUS_CAPTURE_BODY_BYTES: '4000',
      PLUTUS_REQUEST_EVENTS: 'all',
      PLUTUS_BAGGAGE_KEYS: 'note',
      PLUTUS_EXIT_WAIT_MS: '10000',
      PLUTUS_SPOOL_DIR: 'off',
      ...env,
    },
  })
  const statuses = new Set<number>()
  try {
    const { address } = JSON.parse(await service.ready) as { address: string }
    const send: Send = async (path, headers = {}, body, method = body === undefined ? 'GET' : 'POST') => {
      const response = await fetch(address + path, { method, headers, ...(body !== undefined && { body }) })
      await response.clone().arrayBuffer()
      statuses.add(response.status)
      return response
    }
    const sign: Sign = (event) => {
      const { body, headers } = stripe.sign(event)
      return { body, headers: { ...headers } }
    }
    const enter = async (email: string, password: string): Promise<Response> =>
      await send('/login', { 'content-type': 'application/json' }, JSON.stringify({ email, password }))
    const { token } = (await (await enter('alice@example.com', PASSWORD)).json()) as { token: string }
    const login = { authorization: `Bearer ${token}` }
    // A log-in costs a hash each time: all together in a few.
    await enter('jane.canary@example.com', KEYED.password)
    await enter(`' OR 1 = 1 -- ${SHAPED[0]}`, SHAPED.slice(0, 5).join(' '))
    await enter(JWT, SHAPED.slice(7).join(' '))
    for (const text of TEXTS) await sendEverywhere(text, send, sign, login)
    await send('/logout', login, '')
    service.kill('SIGTERM')
    const { code, stderr } = await service.exited
    expect(code).toBe(0)
    return { sent: Buffer.concat(sink.bodies), stderr, statuses, token }
  } finally {
    await service.stop()
    await Promise.all([stripe.close(), database?.drop()])
    sink.close()
  }
}

it.each(isFull ? WAYS : WAYS.slice(0, 2))(
  'no secret that a client sends to a payment service leaves it, engine %s over %s',
  { timeout: MOST_MILLIS },
  async (engine, protocol) => {
    const left = await run({ PLUTUS_ENGINE: engine, OTEL_EXPORTER_OTLP_PROTOCOL: protocol })
    const { sent, stderr, statuses, token } = left
    expect([...statuses]).toEqual(expect.arrayContaining([200, 201, 204, 400, 401, 404]))
    expect(findLeft({ sent, stderr }, [...SECRETS, token])).toEqual([])
    // What is masked was there, and what is harmless still is.
    const text = sent.toString('utf8')
    for (const shown of ['****4242', '****4444', '[redacted]', '****@example.com', 'INSERT INTO payments']) {
      expect(text).toContain(shown)
    }
    expect(text).toContain('plutus.redaction.hits')
    expect(text).toContain('pan_found')
  },
)
