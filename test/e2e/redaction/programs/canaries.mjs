// Puts every secret of CANARIES into every place where telemetry may hold a text, and into a few where keys decide.
import { createServer, request } from 'node:http'
import { context, logs, metrics, propagation, SpanStatusCode, trace, createTraceState } from '@opentelemetry/api'
import { getLogger, security, withContext } from '@plutus/events'

const { shaped, keyed, sql } = JSON.parse(process.env.CANARIES)
delete process.env.CANARIES

const wide = (text) => text.replaceAll(/[0-9]/g, (digit) => String.fromCharCode(0xff10 + Number(digit)))
const forms = (text) => [
  text,
  encodeURIComponent(text),
  JSON.stringify({ note: text }),
  JSON.stringify(JSON.stringify({ note: text })),
  `q=1&note=${encodeURIComponent(text)}`,
  wide(text),
  `see https://example.com/a/${encodeURIComponent(text)}?x=${encodeURIComponent(text)}#${encodeURIComponent(text)}`,
]
const inKeys = Object.fromEntries(keyed.map(([key, value]) => [key, value]))
const keyedTexts = keyed.flatMap(([key, value]) => [
  JSON.stringify({ a: { [key]: value } }),
  `${key}=${encodeURIComponent(value)}&b=1`,
  `${key}: ${value}`,
  `{"x":"${JSON.stringify({ [key]: value }).replaceAll('"', '\\"')}"}`,
  `https://example.com/?${key}=${value}`,
])
const texts = [...shaped.flatMap(forms), ...keyedTexts]

const attributes = (text) => ({ note: text, list: ['a', text], [text]: 1, nested: { deep: [{ text }] }, ...inKeys })
const log = getLogger('canaries')
const otherLog = logs.getLogger('canaries', texts[0])
const counter = metrics.getMeter('canaries').createCounter('canaries', { description: shaped[0] })
const statements = [
  ...sql.map((value) => `SELECT * FROM users WHERE name = '${value}' -- ${value}`),
  ...sql.map((value) => `SET session:${value} ${value}`),
  ...sql.map((value) => JSON.stringify({ find: 'users', filter: { name: value } })),
]

for (const text of texts) {
  const tracer = trace.getTracer(text, text)
  tracer.startActiveSpan(`work ${text}`, (span) => {
    span.setAttributes(attributes(text))
    span.setAttribute('url.full', `https://user:${inKeys.password}@example.com/?token=${inKeys.token}`)
    span.addEvent(text, { note: text })
    span.addLink({
      context: {
        traceId: '1'.repeat(32),
        spanId: '2'.repeat(16),
        traceFlags: 1,
        traceState: createTraceState(`v=${shaped[0]}`),
      },
      attributes: { note: text },
    })
    span.recordException(new Error(`failed for ${text}`))
    span.setStatus({ code: SpanStatusCode.ERROR, message: text })
    log.warn(`note ${text}`, attributes(text))
    log.error(new TypeError(text, { cause: new Error(text) }))
    span.end()
  })
  otherLog.emit({
    eventName: text,
    severityNumber: 9,
    severityText: text,
    body: { text, list: [text], ...inKeys },
    attributes: { note: text, bytes: new TextEncoder().encode(text) },
  })
  otherLog.emit({ body: text })
  counter.add(1, { note: text })
}
for (const statement of statements) {
  trace
    .getTracer('canaries')
    .startSpan('query', { attributes: { 'db.query.text': statement, 'db.statement': statement } })
    .end()
}
const pan = shaped[0]
log.info('arguments', { 'process.command_args': process.argv.slice(2) })
const named = keyed.map(([name, value]) => ({ name, value }))
log.info({ headers: keyed, named }, { headers: keyed, named, text: JSON.stringify(named) })
log.info('numbers', { number: Number(pan), big: BigInt(pan) })
withContext({ 'session.note': pan }, () => security.loginFailure({ 'auth.failure.reason': pan }))
propagation.setBaggage(context.active(), propagation.createBaggage({ note: { value: pan } }))
console.log('done')

const server = createServer((incoming, response) => {
  log.info('in a request')
  incoming.resume()
  response.setHeader('set-cookie', `sid=${inKeys.password}; Path=/`)
  response.end('ok')
})
server.listen(0, '127.0.0.1', () => {
  const path = `/pay/${pan}?password=${inKeys.password}&card=${pan}`
  const headers = {
    authorization: `Bearer ${inKeys.token}`,
    cookie: `sid=${inKeys.password}`,
    'x-note': pan,
    'x-correlation-id': pan,
    baggage: `note=${pan}`,
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    tracestate: `v=${pan}`,
  }
  request({ host: '127.0.0.1', port: server.address().port, path, method: 'POST', headers }, (response) => {
    response.resume().on('end', () => server.close())
  }).end(`password=${inKeys.password}`)
})
