const { logs } = require('@opentelemetry/api')

const COUNT = Number(process.argv[2])
const PER_TURN = 64
const logger = logs.getLogger('bench')
const start = process.threadCpuUsage?.() ?? process.cpuUsage()
let emitted = 0

const turn = () => {
  for (let i = 0; i < PER_TURN && emitted < COUNT; i++, emitted++) {
    logger.emit({
      severityNumber: 9,
      severityText: 'INFO',
      body: 'payment made',
      eventName: 'bench.payment',
      attributes: {
        'payment.id': `pay_${emitted}`,
        'payment.amount': emitted,
        'payment.currency': 'EUR',
        'payment.method': 'card',
        'user.id': 'u1',
        'session.id': 's1',
        retried: false,
        ratio: 0.5,
      },
    })
  }
  if (emitted < COUNT) return setImmediate(turn)
  const used = process.threadCpuUsage?.(start) ?? process.cpuUsage(start)
  console.log(`ready ${JSON.stringify({ microsPerRecord: (used.user + used.system) / COUNT })}`)
  return undefined
}
turn()
