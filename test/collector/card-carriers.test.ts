import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderCollector } from '@plutus/policy'
import { collectorBinary } from '@plutus/otelcol-distribution'
import { waitFor } from '@plutus/test-kit'
import type { Signal } from '@plutus/test-kit'
import { EXPORT_CALLS } from '@plutus/test-kit/otlp-schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRawSink } from './src/raw-sink.ts'
import type { RawSink } from './src/raw-sink.ts'
import { smallPolicy } from './src/renderings.ts'
import { removeCollectors, startCollector } from './src/running-collector.ts'
import type { RunningCollector } from './src/running-collector.ts'

const { reason } = collectorBinary
const CARD = '4242424242424242' // published test number, issued to nobody
const by = (separator: string, ...groups: readonly string[]): string =>
  (groups.length > 0 ? groups : ['4242', '4242', '4242', '4242']).join(separator)
const each = (write: (digit: number) => string): string => Array.from(CARD, (digit) => write(Number(digit))).join('')

/** How a card number may be written. */
const FORMS: Readonly<Record<string, string>> = {
  'as it is': CARD,
  'behind a word': `card${CARD}`,
  'behind letters that are digits in hexadecimal': `cc${CARD}`,
  'before one': `${CARD}c`,
  ...Object.fromEntries(
    [' ', '-', '.', '+', '/', '_', '\t', '\u{a0}', '\u{2009}', '\u{202f}', '\u{2013}', '\u{2212}', '\u{200b}'].map(
      (separator) => [`by ${JSON.stringify(separator)}`, by(separator)],
    ),
  ),
  'digit by digit': each((digit) => `${digit} `),
  'American Express': by(' ', '3782', '822463', '10005'),
  'American Express by slashes': by('/', '3782', '822463', '10005'),
  'of an issuer that begins with 8': '8171999927660000',
  'of an issuer that begins with 9': '9792030000000000',
  ...Object.fromEntries(
    ['%20', '%2D', '%2B', '%09', '%2520', '%C2%A0', '%E2%80%93', '&nbsp;', '&#160;', '\\u00a0', '\\t', '\\x20'].map(
      (separator) => [`by the escape ${separator}`, by(separator)],
    ),
  ),
  'in percent': each((digit) => `%3${digit}`),
  'in percent of percent': each((digit) => `%253${digit}`),
  'in entities': each((digit) => `&#5${digit === 4 ? 2 : 0};`),
  'in entities of hexadecimal digits': each((digit) => `&#X003${digit};`),
  'in escapes of JSON': each((digit) => `\\u003${digit}`),
  'in escapes of bytes': each((digit) => `\\x3${digit}`),
  'between escapes of JSON': `\\u003e${CARD}\\u003c`,
  'behind an escape of bytes': `\\x3e${CARD}`,
  // Which JSON writes as escapes.
  'behind a control character': `\u{1f}${CARD}`,
  'behind the end of a line': `\u{2028}${CARD}`,
  'half of it in percent': `42424242${'%34%32'.repeat(4)}`,
  'in full width': each((digit) => '０１２３４５６７８９'[digit] as string),
  'in Arabic digits': each((digit) => '٠١٢٣٤٥٦٧٨٩'[digit] as string),
  'in Persian digits': each((digit) => '۰۱۲۳۴۵۶۷۸۹'[digit] as string),
}
const BYTES: Readonly<Record<string, Buffer>> = Object.fromEntries(
  [CARD, `card=${CARD}`, by(' '), by('-'), by('.')].flatMap((text) => [
    [text, Buffer.from(text)],
    [`${text} in UTF-16`, Buffer.from(text, 'utf16le')],
    [`${text} in UTF-16, the other way`, Buffer.from(text, 'utf16le').swap16()],
  ]),
)

type Value = Readonly<Record<string, unknown>>
type Carrier = (text: string) => Value

const text = (stringValue: string): Value => ({ stringValue })
const pair = (key: string, value: Value): Value => ({ key, value })
const map = (...values: readonly Value[]): Value => ({ kvlistValue: { values } })
const list = (...values: readonly Value[]): Value => ({ arrayValue: { values } })
const ITEMS = new Set(['spans', 'logRecords', 'metrics'])
const NAN: Value = { doubleValue: Number.NaN }

/** Every place of a list of attributes. */
const PLACES: readonly ((given: string) => readonly Value[])[] = [
  (given) => [pair('note', text(given))],
  (given) => [pair('payment.id', text(given))], // a name that everybody uses
  (given) => [pair(given, text('x'))],
  (given) => [pair('note', map(pair('deep', list(map(pair('x', text(given)))))))],
  (given) => [pair('note', map(pair('deep', list(map(pair(given, text('x')))))))],
  (given) => [pair('note', list(text('x'), text(given)))],
  // What JSON has no number for.
  (given) => [pair('note', map(pair('x', text(given)), pair('ratio', NAN)))],
  (given) => [pair('note', map(pair(given, { doubleValue: -Infinity })))],
  (given) => [pair('note', list(NAN, text(given)))],
  // A key that is there twice, of which a reader sees the last.
  (given) => [pair('note', map(pair('x', text(given)), pair('x', text('y'))))],
  (given) => [pair('note', map(pair('x', map(pair(given, text('x')))), pair('x', map(pair('y', text('y'))))))],
]
const resource = (attributes: readonly Value[]): Value => ({ attributes })
const scope = { name: 'shop' }
const span = (members: Value): Value => ({
  resourceSpans: [{ scopeSpans: [{ scope, spans: [{ ...spanIds(), name: 'pay', ...members }] }] }],
})
const log = (members: Value): Value => ({ resourceLogs: [{ scopeLogs: [{ scope, logRecords: [members] }] }] })
const metric = (members: Value): Value => ({
  resourceMetrics: [{ scopeMetrics: [{ scope, metrics: [{ name: 'orders', ...gauge({}), ...members }] }] }],
})
const gauge = (point: Value): Value => ({ gauge: { dataPoints: [{ asInt: '1', ...point }] } })
const POINTS: Readonly<Record<string, (point: Value) => Value>> = {
  gauge,
  sum: (point) => ({ gauge: undefined, sum: { aggregationTemporality: 2, dataPoints: [{ asInt: '1', ...point }] } }),
  histogram: (point) => ({
    gauge: undefined,
    histogram: { aggregationTemporality: 2, dataPoints: [{ count: '1', bucketCounts: ['1'], ...point }] },
  }),
  'exponential histogram': (point) => ({
    gauge: undefined,
    exponentialHistogram: { aggregationTemporality: 2, dataPoints: [{ count: '1', ...point }] },
  }),
  summary: (point) => ({ gauge: undefined, summary: { dataPoints: [{ count: '1', ...point }] } }),
}

const CARRIERS: readonly (readonly [signal: Signal, carrier: Carrier])[] = [
  ...attributesOf('traces', (attributes) => ({
    resourceSpans: [{ resource: resource(attributes), scopeSpans: [{ spans: [spanIds()] }] }],
  })),
  ...attributesOf('traces', (attributes) => ({
    resourceSpans: [{ scopeSpans: [{ scope: { ...scope, attributes }, spans: [spanIds()] }] }],
  })),
  ...attributesOf('traces', (attributes) => span({ attributes })),
  ...attributesOf('traces', (attributes) => span({ events: [{ name: 'e', attributes }] })),
  ['traces', (given) => span({ name: given })],
  ['traces', (given) => span({ traceState: `shop=${given}` })],
  ['traces', (given) => span({ status: { code: 2, message: `declined ${given}` } })],
  ['traces', (given) => span({ events: [{ name: given }] })],
  ['traces', (given) => ({ resourceSpans: [{ scopeSpans: [{ scope: { name: given }, spans: [spanIds()] }] }] })],
  ['traces', (given) => ({ resourceSpans: [{ scopeSpans: [{ scope: { version: given }, spans: [spanIds()] }] }] })],
  ['traces', (given) => ({ resourceSpans: [{ scopeSpans: [{ schemaUrl: given, spans: [spanIds()] }] }] })],
  ['traces', (given) => ({ resourceSpans: [{ schemaUrl: given, scopeSpans: [{ spans: [spanIds()] }] }] })],
  ...attributesOf('metrics', (attributes) => ({
    resourceMetrics: [
      { resource: resource(attributes), scopeMetrics: [{ metrics: [{ name: 'orders', ...gauge({}) }] }] },
    ],
  })),
  ['metrics', (given) => metric({ name: given })],
  ['metrics', (given) => metric({ description: given })],
  ['metrics', (given) => metric({ unit: given })],
  [
    'metrics',
    (given) => ({
      resourceMetrics: [{ scopeMetrics: [{ scope: { name: given }, metrics: [{ name: 'orders', ...gauge({}) }] }] }],
    }),
  ],
  [
    'metrics',
    (given) => ({
      resourceMetrics: [
        { schemaUrl: given, scopeMetrics: [{ schemaUrl: given, metrics: [{ name: 'orders', ...gauge({}) }] }] },
      ],
    }),
  ],
  ...attributesOf('metrics', (metadata) => metric({ metadata })),
  ...Object.entries(POINTS).flatMap(([, point]) =>
    attributesOf('metrics', (attributes) => metric(point({ attributes }))),
  ),
  ...['gauge', 'histogram', 'exponential histogram'].flatMap((name) =>
    attributesOf('metrics', (filteredAttributes) =>
      metric((POINTS[name] as (point: Value) => Value)({ exemplars: [{ asInt: '1', filteredAttributes }] })),
    ),
  ),
  ...attributesOf('logs', (attributes) => ({
    resourceLogs: [{ resource: resource(attributes), scopeLogs: [{ logRecords: [{}] }] }],
  })),
  ...attributesOf('logs', (attributes) => log({ attributes })),
  ...attributesOf('logs', (values) => log({ body: map(...values) })),
  ...attributesOf('logs', (values) => log({ body: list(text('x'), map(...values)) })),
  ['logs', (given) => log({ body: text(given) })],
  ['logs', (given) => log({ severityText: given })],
  ['logs', (given) => log({ eventName: given })],
  ['logs', (given) => ({ resourceLogs: [{ schemaUrl: given, scopeLogs: [{ schemaUrl: given, logRecords: [{}] }] }] })],
]

let sink: RawSink
let gateway: RunningCollector

describe.skipIf(reason !== '')(`what carries telemetry through a gateway${reason && ` (${reason})`}`, () => {
  beforeAll(async () => {
    sink = await startRawSink()
    const env = { PLUTUS_OTLP_ENDPOINT: sink.url }
    gateway = await startCollector(renderCollector(smallPolicy(), { role: 'gateway' }), { env })
  })
  afterAll(() => {
    removeCollectors()
    sink.close()
  })

  it.each(['traces', 'metrics', 'logs'] as const)(
    'carries no card number, in whatever form, in any place of %s',
    async (signal) => {
      const forms = Object.entries(FORMS)
      const carriers = CARRIERS.filter(([of]) => of === signal)
      const requests = carriers.flatMap(([, carry]) => forms.map(([, form]) => carry(form)))
      const places = (await passThrough(signal, merge(requests), requests.length)).flatMap((request) =>
        textsIn(request),
      )
      const passed = forms.flatMap(([name, form]) => {
        const inJson = JSON.stringify(form).slice(1, -1)
        return places
          .filter(({ text: one }) => one.includes(form) || one.includes(inJson))
          .map(({ at }) => `${name} at ${at}`)
      })
      expect([...new Set(passed)]).toEqual([])
    },
  )

  it.each([
    ['an attribute', 'logs', (bytesValue: Buffer) => log({ attributes: [pair('bytes', { bytesValue })] })],
    ['a map', 'traces', (bytesValue: Buffer) => span({ attributes: [pair('note', map(pair('x', { bytesValue })))] })],
    ['a body', 'logs', (bytesValue: Buffer) => log({ body: { bytesValue } })],
  ] as const)('carries none in bytes of %s', async (_name, signal, carrier) => {
    const forms = Object.entries(BYTES)
    const arrived = await passThrough(signal, merge(forms.map(([, form]) => carrier(form))), forms.length)
    const texts = arrived.flatMap((request) => textsIn(request))
    const passed = forms.filter(([, form]) =>
      texts.some(({ text: one }) => one.includes(form.toString('latin1')) || one.includes(form.toString('base64'))),
    )
    expect(passed.map(([form]) => form)).toEqual([])
  })

  it('carries none in numbers, but leaves measured ones', async () => {
    const values = [
      { intValue: CARD },
      { doubleValue: Number(CARD) },
      { doubleValue: 0.4242424242424242 },
      { doubleValue: Number.NaN },
    ]
    const attributes = values.map((value, n) => pair(`n${n}`, value))
    const [arrived] = await passThrough('logs', log({ attributes }), 1)
    const found = (arrived as LogsRequest).resourceLogs[0]?.scopeLogs[0]?.logRecords[0]?.attributes
    expect(found?.map(({ value }) => value)).toEqual([
      text('****'),
      text('****'),
      { doubleValue: 0.4242424242424242 },
      NAN,
    ])
  })

  it('says of attributes that it could not read that it could not, and keeps the others', async () => {
    const attributes = [pair('note', list(NAN)), pair('count', { intValue: '5' }), pair('who', text('Ann'))]
    const [arrived] = await passThrough('logs', log({ attributes }), 1)
    const found = (arrived as LogsRequest).resourceLogs[0]?.scopeLogs[0]?.logRecords[0]?.attributes
    const told = pair('plutus.redaction.unreadable', { boolValue: true })
    expect(found).toEqual([pair('note', text('')), pair('count', text('5')), pair('who', text('Ann')), told])
  })

  it('leaves maps and lists as they are that it can read', async () => {
    const attributes = [
      pair(
        'map',
        map(pair('x', map(pair('y', { intValue: '5' }), pair('none', {}), pair('empty', map()))), pair('l', list())),
      ),
      pair('list', list(text('a'), map(pair('b', text('c'))))),
      pair('nothing', {}),
      pair('empty', text('')),
      pair('columns', map(pair('x', text(by('\t', '1000', '2000', '3000', '4000'))))),
      pair('bytes', { bytesValue: Buffer.from('hi') }),
    ]
    const [arrived] = await passThrough('logs', log({ attributes, body: map(...attributes) }), 1)
    const found = (arrived as LogsRequest).resourceLogs[0]?.scopeLogs[0]?.logRecords[0]
    const type = EXPORT_CALLS.logs.request
    const sent = type.toObject(type.fromObject(log({ attributes, body: map(...attributes) }))) as LogsRequest
    expect(found).toMatchObject(sent.resourceLogs[0]?.scopeLogs[0]?.logRecords[0] as object)
  })

  it.each<[string, string]>([
    ['by commas, as lists of amounts', by(',')],
    ['of twenty digits', `${CARD}4242`],
    ['in hexadecimal digits', Buffer.from(CARD).toString('hex')],
    ['of UATP', '135412345678911'],
    ['in Devanagari digits', each((digit) => '०१२३४५६७८९'[digit] as string)],
  ])('does not know a number %s in an attribute, as the README says', async (_what, form) => {
    const [arrived] = await passThrough('logs', log({ attributes: [pair('note', text(form))] }), 1)
    expect(textsIn(arrived).map((one) => one.text)).toContain(form)
  })

  it('does not reach entities of resources, as the README says', async () => {
    const entityRefs = [{ type: 'shop', idKeys: [CARD], schemaUrl: `https://shop.example/${CARD}` }]
    const request = { resourceLogs: [{ resource: { entityRefs }, scopeLogs: [{ logRecords: [{}] }] }] }
    const [arrived] = await passThrough('logs', request, 1)
    expect(textsIn(arrived).map((one) => one.text)).toContain(CARD)
  })

  it('keeps none of it on its disk', () => {
    const onDisk = readdirSync(gateway.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name, parentPath }) => ({ name, found: readFileSync(join(parentPath, name), 'latin1') }))
    expect(onDisk.length).toBeGreaterThan(1)
    expect(onDisk.filter(({ found }) => found.includes(`card${CARD}`)).map(({ name }) => name)).toEqual([])
  })
})

interface LogsRequest {
  readonly resourceLogs: {
    readonly scopeLogs: { readonly logRecords: { readonly attributes: { readonly value: Value }[] }[] }[]
  }[]
}

/** Sends a request as protobuf, and gives the requests by which so many items left. */
async function passThrough(signal: Signal, request: object, items: number): Promise<readonly object[]> {
  const { request: type, httpPath } = EXPORT_CALLS[signal]
  const answer = await fetch(`${gateway.httpUrl}${httpPath}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: Buffer.from(type.encode(type.fromObject(request)).finish()),
  })
  expect(answer.status).toBe(200)
  const arrived: object[] = []
  await waitFor(() => {
    arrived.push(...sink.take(signal))
    return arrived.reduce((sum: number, one) => sum + countItems(one), 0) >= items
  })
  return arrived
}

/** Carriers for each place of the attributes of something. */
function attributesOf(
  signal: Signal,
  carry: (attributes: readonly Value[]) => Value,
): (readonly [signal: Signal, carrier: Carrier])[] {
  return PLACES.map((write) => [signal, (given) => carry(write(given))])
}

/** One request with what several have. */
function merge(requests: readonly Value[]): object {
  const [name = ''] = Object.keys(requests[0] ?? {})
  return { [name]: requests.flatMap((request) => request[name]) }
}

function countItems(request: object): number {
  return Object.entries(request).reduce((sum, [name, value]) => {
    if (ITEMS.has(name)) return sum + (value as unknown[]).length
    return sum + (Array.isArray(value) ? value.reduce((inner: number, one) => inner + countItems(one as object), 0) : 0)
  }, 0)
}

function spanIds(): Value {
  return { traceId: randomBytes(16), spanId: randomBytes(8), startTimeUnixNano: '1', endTimeUnixNano: '2' }
}

/** Every text, number, key and run of bytes in a value, and where it stands. */
function textsIn(value: unknown, at = ''): { readonly at: string; readonly text: string }[] {
  if (value instanceof Uint8Array) return [{ at, text: Buffer.from(value).toString('latin1') }]
  if (Array.isArray(value)) return value.flatMap((one) => textsIn(one, at))
  if (typeof value !== 'object' || value === null) return [{ at, text: String(value) }]
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, `${at}.${key}`))
}
