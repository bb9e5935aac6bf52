// The load of an hour in as little time as it takes: requests with spans, records and measurements. Prints, at the start
// of the second quarter and at the end, the memory in use and the number of handles. Arguments: requests in all,
// and milliseconds in which everything is sent.
import { logs, metrics, SpanKind, trace } from '@opentelemetry/api'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'

const [total, restMillis] = process.argv.slice(2).map(Number)
const tracer = trace.getTracer('shop')
const logger = logs.getLogger('shop')
const meter = metrics.getMeter('shop')
const duration = meter.createHistogram('shop.duration')
const orders = meter.createCounter('shop.orders')

const request = (at) =>
  tracer.startActiveSpan('GET /orders', { kind: SpanKind.SERVER, attributes: { 'http.route': '/orders' } }, (span) => {
    tracer.startSpan('SELECT orders', { attributes: { 'db.system.name': 'postgresql', at } }).end()
    logger.emit({ body: `order ${at}`, attributes: { 'order.id': at, 'user.id': `u${at % 1000}` } })
    duration.record(at % 100, { route: '/orders', status: at % 7 })
    orders.add(1, { region: `r${at % 20}` })
    span.end()
  })

const LONGEST_REST_MILLIS = 20_000
const SLACK_BYTES = 1024 * 1024

const inUse = () => {
  const { heapUsed, external, rss } = process.memoryUsage()
  return { heapUsed, external, rss, handles: process.getActiveResourcesInfo().length }
}

/** What is in use when everything has been sent and collected, after the first quarter and now. */
const look = async (first) => {
  await sleep(restMillis)
  // Where the machine is busy something may be on its way still, or begin at this moment, and ends; what leaks does not.
  const since = performance.now()
  const isBusy = ({ handles, external }) => handles > first?.handles || external > first?.external + SLACK_BYTES
  for (;;) {
    for (let round = 0; round < 3; round++) {
      globalThis.gc()
      await turn()
    }
    const found = inUse()
    if (!isBusy(found) || performance.now() - since > LONGEST_REST_MILLIS) return found
    await sleep(50)
  }
}

const quarters = []
for (let at = 0; at < total; at++) {
  request(at)
  if (at % 100 === 99) await turn()
  // No faster than one thread can send it.
  if (at % 5000 === 4999) await sleep(50)
  if ((at + 1) % (total / 4) === 0) quarters.push(await look(quarters[0]))
}
console.log(JSON.stringify(quarters))
