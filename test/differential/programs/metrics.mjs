// Every instrument of the API.
import { metrics, trace, ValueType } from '@opentelemetry/api'

const meter = metrics.getMeter('shop', '1.0.0')
const counter = meter.createCounter('orders', { unit: '{order}', description: 'Orders placed.' })
for (const channel of ['web', 'app', 'web']) counter.add(1, { channel })
counter.add(2)
counter.add(-1, { channel: 'web' })
counter.add(0.5, { channel: 'half' })
const integers = meter.createCounter('integers', { valueType: ValueType.INT })
integers.add(3.7)
integers.add(2)
const open = meter.createUpDownCounter('open', { unit: '{cart}' })
open.add(5)
open.add(-2)
open.add(1.5, { list: ['a', 'b'], yes: true, number: 1 })
const gauge = meter.createGauge('temperature', { unit: 'Cel' })
gauge.record(20.5, { room: 'a' })
gauge.record(21, { room: 'a' })
gauge.record(-3, { room: 'b' })
const histogram = meter.createHistogram('amount', { unit: 'EUR', description: 'Amounts paid.' })
for (const value of [0, 1, 5, 5.5, 250, 10_001, 99_999]) histogram.record(value, { currency: 'EUR' })
histogram.record(-1)
const bounded = meter.createHistogram('bounded', { advice: { explicitBucketBoundaries: [0.5, 1, 2] } })
for (const value of [0.4, 0.5, 1.5, 3]) bounded.record(value)
const unbounded = meter.createHistogram('unbounded', { advice: { explicitBucketBoundaries: [] } })
unbounded.record(3)
meter.createObservableGauge('queue', { unit: '{job}' }).addCallback((result) => {
  result.observe(7, { name: 'mail' })
  result.observe(8, { name: 'mail' })
})
meter.createObservableCounter('seen').addCallback(async (result) => {
  await Promise.resolve()
  result.observe(42)
})
const upDown = meter.createObservableUpDownCounter('balance')
const rate = meter.createObservableGauge('rate')
meter.addBatchObservableCallback(
  (result) => {
    result.observe(upDown, -5, { account: 'a' })
    result.observe(rate, 0.25)
  },
  [upDown, rate],
)
const removed = () => {
  throw new Error('is not called')
}
upDown.addCallback(removed)
upDown.removeCallback(removed)
meter.createCounter('orders', { unit: '{order}', description: 'Orders placed.' }).add(10, { channel: 'web' })
metrics.getMeter('other').createCounter('Orders.Total-1/x').add(1)
trace.getTracer('shop').startActiveSpan('measured', (span) => {
  histogram.record(7, { currency: 'EUR' })
  span.end()
})
meter.createCounter('never.used')
