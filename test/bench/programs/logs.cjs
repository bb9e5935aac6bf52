// Agents on the 2.x line of OpenTelemetry's SDK do not know the loggers of `@opentelemetry/api`.
const { logs } = require(process.env.BENCH_LOGS_API ?? '@opentelemetry/api')
const attributesOf = require('./payment-attributes.cjs')

const COUNT = Number(process.argv[2])
const PER_TURN = 64
const logger = logs.getLogger('bench')
const readCpu = (since) => process.threadCpuUsage?.(since) ?? process.cpuUsage(since)
const report = {}
let start = readCpu()
let emitted = 0

/** Notes what each record of a burst has cost. */
const note = (name) => {
  const { user, system } = readCpu(start)
  report[name] = (user + system) / COUNT
  start = readCpu()
}

const turn = () => {
  for (let i = 0; i < PER_TURN && emitted < 2 * COUNT; i++, emitted++) {
    if (emitted === COUNT) note('first')
    logger.emit({
      severityNumber: 9,
      severityText: 'INFO',
      body: 'payment made',
      eventName: 'bench.payment',
      attributes: attributesOf(emitted),
    })
  }
  if (emitted < 2 * COUNT) return setImmediate(turn)
  note('second')
  return console.log(`ready ${JSON.stringify(report)}`)
}
turn()
