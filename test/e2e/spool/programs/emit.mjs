// Records for as long as it lives: durable records of all classes, by either package of the API, ordinary ones and
// spans. After each turn it prints which durable ones it has recorded. Ordinary ones and spans have a text of so many
// characters.
import { writeSync } from 'node:fs'
import { logs, trace } from '@opentelemetry/api'
import { logs as olderLogs } from '@opentelemetry/api-logs'

const [label = 'a', most = 'Infinity', perTurn = '20', characters = '0'] = process.argv.slice(2)
const logger = logs.getLogger('plain')
const older = olderLogs.getLogger('plain')
const tracer = trace.getTracer('plain')
const WAYS = [
  (id) => logger.emit({ eventName: 'payment.attempt', attributes: { id, 'payment.card': '4242 4242 4242 4242' } }),
  (id) => older.emit({ body: 'said', attributes: { id, 'plutus.data.class': 'audit' } }),
  (id) => older.emit({ eventName: 'auth.login.failure', attributes: { id } }),
  (id) => logger.emit({ body: 'said', attributes: { id, 'plutus.data.class': 'payment', text: 'x'.repeat(200) } }),
]
const text = 'x'.repeat(Number(characters))
let count = 0

function turn() {
  const printed = []
  for (let i = 0; i < Number(perTurn) && count < Number(most); i++) {
    const id = `${label}-${count}`
    WAYS[count % WAYS.length](id)
    printed.push(id)
    count++
    logger.emit({ body: 'ordinary', attributes: { ordinary: id, text } })
    tracer.startSpan(id, { attributes: { text } }).end()
  }
  if (printed.length > 0) writeSync(1, `${printed.join('\n')}\n`)
  setTimeout(turn, 2)
}
turn()
