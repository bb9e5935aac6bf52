// Emits log records of eight attributes, 64 in a turn of the event loop, and ends.
const { logs, SeverityNumber } = require('@opentelemetry/api')

const logger = logs.getLogger('burst')
const total = Number(process.argv[2])
let count = 0
const emit = () => {
  for (let i = 0; i < 64 && count < total; i++, count++) {
    logger.emit({
      severityNumber: SeverityNumber.INFO,
      eventName: 'burst.record',
      body: 'order placed',
      attributes: {
        'order.id': count,
        'order.currency': 'EUR',
        'order.amount': 1999,
        'user.id': 'u-123',
        'http.route': '/orders/:id',
        'server.address': 'shop.example',
        'cart.items': 3,
        retried: false,
      },
    })
  }
  if (count < total) setImmediate(emit)
}
emit()
