// Says one thing that holds a card number, in the signal that is asked for, and ends.
import { metrics, trace } from '@opentelemetry/api'
import { getLogger } from '@plutus/events'

const [signal, pan] = [process.env.SIGNAL, process.env.CARD]
delete process.env.CARD
if (signal === 'logs') getLogger('last').info(`paid by ${pan}`)
if (signal === 'traces') trace.getTracer('last').startSpan(`pay by ${pan}`).end()
if (signal === 'metrics') metrics.getMeter('last').createCounter('last').add(1, { note: pan })
