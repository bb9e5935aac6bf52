// Emits one record of each kind that a policy tells apart, each outside of any trace.
const { logs } = require('@opentelemetry/api')

const logger = logs.getLogger('records')
logger.emit({ body: 'booked', eventName: 'ledger.booked', severityNumber: 9 })
logger.emit({ body: 'ordinary', severityNumber: 9 })
logger.emit({ body: 'grave', severityNumber: 13 })
logger.emit({ body: 'paid', severityNumber: 9, attributes: { 'plutus.data.class': 'payment' } })
logger.emit({ body: 'measured', severityNumber: 9, attributes: { 'plutus.data.class': 'performance' } })
