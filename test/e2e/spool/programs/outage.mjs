// Records so many as fast as its event loop turns: of a hundred four in ten are spans, one must not be lost, the others are
// ordinary records. It prints what its memory comes to after each tenth, with what nobody holds collected, and goes on.
import { logs, trace } from '@opentelemetry/api'

const [most = '1000'] = process.argv.slice(2)
const PER_TURN = 400
const logger = logs.getLogger('outage')
const tracer = trace.getTracer('outage')
let count = 0

function record(id) {
  const attributes = { id, 'payment.amount': id, 'payment.currency': 'EUR', 'payment.method': 'card', retried: false }
  if (id % 10 < 4) tracer.startSpan('pay', { attributes }).end()
  else {
    const more = id % 100 === 99 ? { 'plutus.data.class': 'payment' } : {}
    logger.emit({ severityNumber: 9, body: 'payment made', attributes: { ...attributes, ...more } })
  }
}

function turn() {
  const tenth = Math.floor((count * 10) / Number(most))
  for (let i = 0; i < PER_TURN && count < Number(most); i++) record(count++)
  if (Math.floor((count * 10) / Number(most)) > tenth) {
    gc()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    console.log(JSON.stringify({ count, heapUsed, arrayBuffers }))
  }
  if (count < Number(most)) setImmediate(turn)
}
turn()
setInterval(() => {}, 60_000)
