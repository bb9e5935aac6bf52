import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SpanKind } from '@opentelemetry/api'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { collectorBinary } from '@plutus/otelcol-distribution'
import { startReceiver, waitFor } from '@plutus/test-kit'
import type { Receiver } from '@plutus/test-kit'
import { renderCollector } from '@plutus/policy'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { logsRequest, metricsRequest, newTraceId, tracesRequest } from './src/otlp-json.ts'
import { smallPolicy } from './src/renderings.ts'
import { removeCollectors, startCollector } from './src/running-collector.ts'
import type { RunningCollector } from './src/running-collector.ts'

const { reason } = collectorBinary
const CARD = '4242424242424242' // published test number, issued to nobody
const GROUPED = '4242 4242 4242 4242'
// Each leaves no more than the last four digits and two of a group that bytes were cut at.
const LEAK = /4242(?:[ \u{a0}.+-]|%20)?4242(?:[ \u{a0}.+-]|%20)?42/u

let receiver: Receiver
let gateway: RunningCollector

describe.skipIf(reason !== '')(`a gateway${reason && ` (${reason})`}`, () => {
  beforeAll(async () => {
    receiver = await startReceiver()
    gateway = await startCollector(renderCollector(smallPolicy(), { role: 'gateway' }), {
      env: { PLUTUS_OTLP_ENDPOINT: receiver.httpUrl },
    })
  })
  afterAll(async () => {
    removeCollectors()
    await receiver.close()
  })

  it('lets no card number of a plain upstream SDK pass, whatever carries it, and keeps none on its disk', async () => {
    await sendByUpstream(gateway.httpUrl)
    await waitFor(() => receiver.spans.length === 1 && receiver.logs.length === 2 && receiver.metrics.length > 0)
    expect(receiver.spans[0]).toMatchObject({
      name: 'pay ****',
      attributes: { 'payment.id': 'p1', duration: 0.4111111111111111 },
    })
    expect(receiver.logs.map(({ body }) => body)).toContain('card **** declined')
    expectNoLeak()
  })

  it.each([
    ['the name of an attribute', { [`card_${CARD}`]: 1 }],
    ['a number', { card: Number(CARD) }],
    ['a text in groups', { text: `card ${GROUPED}, thanks` }],
    ['two in one text', { text: `${CARD} ${CARD}` }],
    ['behind an underscore', { text: `card_${CARD}_x` }],
    ['groups by dots', { text: '4242.4242.4242.4242' }],
    ['groups by no-break spaces', { text: GROUPED.replaceAll(' ', '\u{a0}') }],
    ['groups of form data', { text: GROUPED.replaceAll(' ', '+') }],
    ['groups of a URL', { text: `?card=${encodeURIComponent(GROUPED)}&x=1` }],
    ['a URL within a URL', { text: `?to=%3Fcard%3D${CARD}%26x%3D1` }],
    ['behind a word', { text: `card${CARD}` }],
    ['before a word', { text: `${CARD}visa`, other: `${CARD}card` }],
    ['the track of a card', { text: `${CARD}D30121010000000000000` }],
    ['a line of escaped JSON', { text: JSON.stringify(JSON.stringify(`a\n${CARD}`)) }],
    ['bytes in groups', { bytes: Buffer.from(GROUPED), more: Buffer.from(`x${GROUPED.replaceAll(' ', '.')}`) }],
    ['a name in groups', { [GROUPED.replaceAll(' ', '.')]: 1, [GROUPED.replaceAll(' ', '+')]: 1 }],
    ['a list', { list: ['a', [GROUPED]] }],
    ['a map', { map: { deep: { deeper: [{ number: CARD }] } } }],
    ['the key of a map', { map: { deep: { [CARD]: true } } }],
    ['bytes', { bytes: Buffer.from(`card=${CARD}`) }],
    ['JSON in a text', { json: JSON.stringify({ number: CARD }) }],
    ['a URL', { 'url.full': `https://shop.example/pay?card=${CARD}&x=1` }],
  ])(
    'masks a card number in %s, of spans, events, records, bodies, resources and metrics',
    async (_what, attributes) => {
      receiver.clear()
      const traceId = newTraceId()
      const span = { traceId, attributes, events: [{ name: 'e', attributes }] }
      const [logs, bodies] = [
        { attributes },
        { body: attributes },
        { body: [attributes] },
        { body: Object.values(attributes)[0] },
      ].map((log) => logsRequest([{ severity: 9, ...log }], { resource: attributes }))
      expect(await gateway.send('traces', tracesRequest([span], { resource: attributes }))).toBe(200)
      expect(await gateway.send('logs', logs as object)).toBe(200)
      expect(await gateway.send('logs', bodies as object)).toBe(200)
      expect(await gateway.send('metrics', metricsRequest('orders', 1, attributes))).toBe(200)
      await waitFor(() => receiver.spans.length === 1 && receiver.logs.length === 2 && receiver.metrics.length > 0)
      expectNoLeak()
    },
  )

  it.each([
    ['the name of a span', { name: `pay ${CARD}` }],
    ['a status message', { isError: true, statusMessage: `declined ${GROUPED}` }],
    ['a tracestate', { traceState: `shop=${CARD}` }],
    ['the name of a span event', { events: [{ name: `card ${CARD}` }] }],
  ])('masks a card number in %s', async (_what, span) => {
    receiver.clear()
    const request = tracesRequest([{ traceId: newTraceId(), ...span }], { scope: `scope ${CARD}` })
    expect(await gateway.send('traces', request)).toBe(200)
    await waitFor(() => receiver.spans.length === 1)
    expectNoLeak()
  })

  it.each([
    ['an event name', { eventName: `card.${CARD}` }],
    ['a severity text', { severityText: CARD }],
    ['a body', { body: `paid by ${GROUPED} today` }],
    ['a body of bytes', { body: Buffer.from(CARD) }],
    ['a body that is a number', { body: Number(CARD) }],
    ['a key deep in a body', { body: { a: [{ [CARD]: 1 }] } }],
  ])('masks a card number in %s', async (_what, log) => {
    receiver.clear()
    expect(await gateway.send('logs', logsRequest([{ severity: 9, ...log }], { scope: CARD }))).toBe(200)
    await waitFor(() => receiver.logs.length === 1)
    expectNoLeak()
  })

  it('masks American Express by dots, which have groups of their own', async () => {
    receiver.clear()
    const number = ['3782', '822463', '10005'].join('.') // published test number
    expect(await gateway.send('logs', logsRequest([{ body: `card ${number}` }]))).toBe(200)
    await waitFor(() => receiver.logs.length === 1)
    expect(receiver.logs[0]?.body).toBe('card ****')
  })

  // The queues and the archive hold what the receiver of the tests does not read.
  it('masks a card number in the address of a schema, and drops the metadata of a metric', async () => {
    receiver.clear()
    const schemaUrl = `https://shop.example/${CARD}`
    const metadata = [{ key: 'card', value: { stringValue: CARD } }]
    const logs = { attributes: { 'plutus.data.class': 'audit' }, body: 'a schema' }
    expect(await gateway.send('logs', extended(logsRequest([logs]), 'scopeLogs', { schemaUrl }))).toBe(200)
    const traces = tracesRequest([{ traceId: newTraceId() }])
    expect(await gateway.send('traces', extended(traces, 'scopeSpans', { schemaUrl }))).toBe(200)
    const metrics = extended(metricsRequest('orders', 1), 'scopeMetrics', { schemaUrl })
    expect(await gateway.send('metrics', extended(metrics, 'name', { metadata }))).toBe(200)
    await waitFor(() => receiver.spans.length === 1 && receiver.logs.length === 1 && receiver.metrics.length > 0)
    await waitFor(() => gateway.archive('audit').includes('a schema'))
    expect(gateway.archive('audit')).toContain('https://shop.example/****')
    expectNoLeak()
  })

  it.each<[string, unknown]>([
    ['a map', { 'user.password': 'hunter2' }],
    ['a list', [{ note: 'x' }, { deep: { client_secret: 'hunter2' } }]],
    ['a number', { pin: 1, 'card.pin': 72_727_272 }],
    ['a list below a name', { passwords: ['x', { note: 'hunter2' }] }],
    ['a quoted text', { password: 'x"hunter2' }],
  ])('masks what stands below a secret name in an attribute that is %s', async (_what, value) => {
    receiver.clear()
    const attributes = { note: value, 'payment.id': value }
    const span = { traceId: newTraceId(), attributes, events: [{ name: 'e', attributes }] }
    expect(await gateway.send('logs', logsRequest([{ attributes }], { resource: attributes }))).toBe(200)
    expect(await gateway.send('traces', tracesRequest([span], { resource: attributes }))).toBe(200)
    expect(await gateway.send('metrics', metricsRequest('orders', 1, attributes))).toBe(200)
    await waitFor(() => receiver.spans.length === 1 && receiver.logs.length === 1 && receiver.metrics.length > 0)
    const arrived = [receiver.spans, receiver.logs, receiver.metrics].flatMap(textsIn)
    expect(arrived.filter((text) => /hunter2|72727272/u.test(text))).toEqual([])
    expect(arrived.filter((text) => text.includes('****'))).not.toEqual([])
  })

  it('masks the shortest card number where a text holds nothing else', async () => {
    receiver.clear()
    const shortest = '4222222222222' // published test number of 13 digits
    const traces = tracesRequest([{ traceId: newTraceId(), name: shortest }])
    expect(await gateway.send('traces', traces)).toBe(200)
    expect(await gateway.send('logs', logsRequest([{ severity: 9, eventName: shortest }]))).toBe(200)
    await waitFor(() => receiver.spans.length === 1 && receiver.logs.length === 1)
    expect([receiver.spans[0]?.name, receiver.logs[0]?.eventName]).toEqual(['****', '****'])
  })

  it('masks security codes, passwords, keys and tokens by name and by shape', async () => {
    receiver.clear()
    const key = ['sk', 'live', 'x'.repeat(24)].join('_')
    const attributes = {
      'card.cvv': '123',
      'http.request.header.authorization': `Basic ${'y'.repeat(12)}`,
      'user.password': 'hunter2',
      note: `${key} and cvv: 123`,
      nested: { cvv: 123, note: key },
      author: 'Ann', // the names of others stay
      'tokens.used': 7,
    }
    expect(await gateway.send('logs', logsRequest([{ attributes, body: { ...attributes } }]))).toBe(200)
    const [log] = await waitFor(() => receiver.logs.length === 1 && receiver.logs)
    const text = JSON.stringify([log?.attributes, log?.body])
    for (const secret of ['123', 'yyyyy', 'hunter2', 'xxxxx']) expect(text).not.toContain(secret)
    expect(log?.attributes).toMatchObject({ author: 'Ann', 'tokens.used': 7 })
  })

  // Names that everybody writes are not searched for secret ones; what is below them must not profit from that.
  it.each<[string, unknown]>([
    ['a map', { 'payment.id': { cvv: '12345' } }],
    ['a list', { 'payment.id': [{ deep: { 'user.password': '12345' } }] }],
    ['a list of bodies', [{ note: 'x' }, { 'http.route': { 'card.pin': 12345 } }]],
    ['a name with a quotation mark', { 'payment.id': { 'a"pin': 1, 'a"cvv': 12345 } }],
    ['a value that begins as if it were masked', { 'payment.id': { authorization: '****12345' } }],
    ['lines of which one is not', { 'payment.id': { authorization: '****\n12345' } }],
    ['a map that is not JSON', { [CARD]: Number.NaN }],
  ])('masks a body as a whole where a secret name is below a known one, in %s', async (_what, body) => {
    receiver.clear()
    expect(await gateway.send('logs', logsRequest([{ body }]))).toBe(200)
    const [log] = await waitFor(() => receiver.logs.length === 1 && receiver.logs)
    expect(log?.body).toBe('****')
  })

  it('masks by name what has the shape of a number or an id, and keeps the shape of a body', async () => {
    receiver.clear()
    const secrets = { cvv: 0.5, secret: 'a'.repeat(32), pin: 'one\ntwo' }
    const body = { ...secrets, 'payment.id': { note: 'x' }, deep: secrets }
    expect(await gateway.send('logs', logsRequest([{ attributes: secrets, body }]))).toBe(200)
    const [log] = await waitFor(() => receiver.logs.length === 1 && receiver.logs)
    const masked = { cvv: '****', secret: '****', pin: '****\n****' }
    expect(log?.attributes).toEqual(masked)
    expect(log?.body).toEqual({ ...masked, 'payment.id': { note: 'x' }, deep: masked })
  })

  // No processor reads, changes or removes them. Should this fail where a sender says nothing, a collector has learned it.
  it.each<[string, Readonly<Record<string, unknown>>, boolean]>([
    ['of another SDK', {}, false],
    ['of another SDK that says so of its links in its own words', { 'plutus.links.masked': 'yes' }, false],
    ['of a service that says that nothing secret is in its links', { 'plutus.links.masked': true }, true],
    ['that says so by OTEL_RESOURCE_ATTRIBUTES', { 'plutus.links.masked': 'true' }, true],
    ['of the SDK, which masks them', { 'telemetry.distro.name': '@plutus/otel-register' }, true],
  ])(
    'lets no span with links pass unless its sender masks their attributes: one %s',
    async (_what, resource, passes) => {
      receiver.clear()
      const links = [{ attributes: passes ? { note: 'x' } : { card: CARD } }]
      const [linked, plain] = [newTraceId(), newTraceId()]
      expect(await gateway.send('traces', tracesRequest([{ traceId: linked, links }], { resource }))).toBe(200)
      expect(await gateway.send('traces', tracesRequest([{ traceId: plain }], { resource }))).toBe(200)
      await waitFor(() => receiver.spans.some(({ traceId }) => traceId === plain))
      expect(receiver.spans.filter(({ traceId }) => traceId === linked)).toHaveLength(passes ? 1 : 0)
      expectNoLeak()
    },
  )

  it('lets spans with links pass where the policy says so', () => {
    const filters = (text: string): boolean =>
      renderCollector(smallPolicy(text), { role: 'gateway' }).includes('filter/links')
    expect([filters(''), filters('redaction: { unmasked_links: pass }')]).toEqual([true, false])
  })

  it('masks a card number in the attributes of an exemplar', async () => {
    receiver.clear()
    const request = metricsRequest('orders', 1, {}, { card: CARD, nested: { number: CARD } })
    expect(await gateway.send('metrics', request)).toBe(200)
    await waitFor(() => receiver.metrics.length > 0)
    expect(receiver.metrics[0]?.points[0]?.exemplars).toHaveLength(1)
    expectNoLeak()
  })

  // Last, since what they leave on the disk looks like a leak.
  it.each([
    ['a time', { at: 1_767_225_600_009, text: '2026-11-21 15:08:41.123' }],
    ['a measured time', { seconds: 0.4111111111111111 }],
    ['an id', { id: '01JD4242424242424242424242', trace: '4242424242424242424242424242424f' }],
    ['an amount', { amount: 4_242_424_242 }],
    ['an id in hexadecimal within a text', { path: '/orders/d4242424242424242e' }],
    ['a name that is like a secret one', { map: '{"passenger":"Ann"}' }],
    ['a digest', { digest: '4242424242424242'.repeat(4) }],
  ])('leaves %s alone', async (_what, attributes) => {
    receiver.clear()
    expect(await gateway.send('logs', logsRequest([{ attributes }]))).toBe(200)
    const [log] = await waitFor(() => receiver.logs.length === 1 && receiver.logs)
    expect(log?.attributes).toEqual(attributes)
  })
})

function expectNoLeak(): void {
  const arrived = [receiver.spans, receiver.logs, receiver.metrics].flatMap(textsIn)
  expect(arrived.filter((text) => LEAK.test(text))).toEqual([])
  const onDisk = readdirSync(gateway.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .filter((entry) => LEAK.test(readFileSync(join(entry.parentPath, entry.name), 'latin1')))
  expect(onDisk.map(({ name }) => name)).toEqual([])
}

/** The request, with members of each object in it that has the one that is named. */
function extended(request: object, owner: string, members: object): object {
  return JSON.parse(JSON.stringify(request), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && owner in value ? { ...value, ...members } : value,
  ) as object
}

/** Every text, number, key and run of bytes in a value. */
function textsIn(value: unknown): string[] {
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('latin1')]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  if (typeof value !== 'object' || value === null) return [String(value)]
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)])
}

/** What a service sends that has OpenTelemetry's own SDK and no redaction. */
async function sendByUpstream(url: string): Promise<void> {
  const resource = resourceFromAttributes({ 'service.name': 'shop', 'card.default': CARD })
  const attributes = {
    'payment.id': 'p1',
    card: CARD,
    cards: [CARD, GROUPED],
    duration: 0.4111111111111111,
    pan: Number(CARD),
  }
  const traces = new TracerProvider({
    resource,
    spanProcessors: [new SimpleSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${url}/v1/traces` }) })],
  })
  const span = traces.getTracer(`shop ${CARD}`).startSpan(`pay ${CARD}`, { kind: SpanKind.SERVER, attributes })
  span.addEvent(`declined ${CARD}`, { card: GROUPED })
  span.recordException(new Error(`card ${GROUPED} declined`))
  span.setStatus({ code: 2, message: `declined ${CARD}` })
  span.end()
  const links = [{ context: span.spanContext(), attributes: { card: CARD } }]
  traces.getTracer('shop').startSpan('with a link', { links }).end()
  const logs = new LoggerProvider({
    resource,
    processors: [new SimpleLogRecordProcessor({ exporter: new OTLPLogExporter({ url: `${url}/v1/logs` }) })],
  })
  const logger = logs.getLogger('shop')
  logger.emit({ body: `card ${GROUPED} declined`, severityNumber: 17, attributes, eventName: `card.${CARD}` })
  logger.emit({ body: { card: { number: CARD, cvv: 123 }, list: [CARD] }, severityText: CARD })
  const exporter = new OTLPMetricExporter({ url: `${url}/v1/metrics` })
  const metrics = new MeterProvider({ resource, readers: [new PeriodicExportingMetricReader({ exporter })] })
  metrics
    .getMeter('shop')
    .createCounter('payments', { description: `by ${CARD}` })
    .add(1, { card: CARD })
  await Promise.all([traces.forceFlush(), logs.forceFlush(), metrics.forceFlush()])
  await Promise.all([traces.shutdown(), logs.shutdown(), metrics.shutdown()])
}
