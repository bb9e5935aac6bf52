// A shop whose requests end in every way that a policy tells apart. What each of them recorded it keeps, and prints when it
// hears `stop`: the trace, its spans and the numbers of its records.
import { logs, SpanStatusCode, trace } from '@opentelemetry/api'
import { createServer } from 'node:http'

const [DEBUG, INFO, WARN] = [5, 9, 13]
const SLOW_MILLIS = 400
const logger = logs.getLogger('shop')
const tracer = trace.getTracer('shop')
const requests = []

/** What a request does beside what every request does. */
const ROUTES = {
  '/plain': () => {},
  '/fails': (_request, response) => void (response.statusCode = 500),
  '/breaks': (request) => work(request, 'charge', (span) => span.setStatus({ code: SpanStatusCode.ERROR })),
  '/throws': (request) => work(request, 'charge', (span) => span.recordException(new TypeError('no'))),
  '/slow': () => new Promise((resolve) => setTimeout(resolve, SLOW_MILLIS)),
  '/warns': (request) => say(request, WARN, {}),
  '/pays': (request) => say(request, INFO, { 'plutus.data.class': 'payment' }, 'payment.completion'),
  '/login': (request) => say(request, INFO, { 'plutus.data.class': 'security' }, 'auth.login.success'),
  '/keeps': (request) => work(request, 'ask', (span) => span.setAttribute('plutus.keep', true)),
}

function say(request, severityNumber, attributes, eventName) {
  const id = `${request.traceId}-${request.records.length}`
  request.records.push({ id, isBelowWarn: severityNumber < WARN, isDurable: eventName !== undefined })
  logger.emit({ severityNumber, body: 'said', eventName, attributes: { id, ...attributes } })
}

function work(request, name, run) {
  request.spans++
  tracer.startActiveSpan(name, (span) => {
    run?.(span)
    span.end()
  })
}

const server = createServer(async (incoming, response) => {
  const path = incoming.url
  const request = { path, traceId: trace.getActiveSpan().spanContext().traceId, spans: 1, records: [] }
  requests.push(request)
  // Before anybody can know how it ends.
  say(request, INFO, { 'plutus.data.class': 'application' })
  work(request, 'read', () => say(request, DEBUG, { 'plutus.data.class': 'application' }))
  work(request, 'write')
  await ROUTES[path](request, response)
  say(request, INFO, { 'plutus.data.class': 'application' })
  response.end()
}).listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`))
process.stdin.setEncoding('utf8').on('data', () => console.log(JSON.stringify(requests)))
