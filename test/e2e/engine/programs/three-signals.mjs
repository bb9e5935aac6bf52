import { logs, metrics, SeverityNumber, trace } from '@opentelemetry/api'

const tracer = trace.getTracer('shop', '1.2.3')
await tracer.startActiveSpan('checkout', async (span) => {
  span.setAttribute('cart.items', 3)
  await new Promise((resolve) => setTimeout(resolve, 5))
  tracer.startSpan('price').end()
  logs.getLogger('shop').emit({ severityNumber: SeverityNumber.INFO, body: 'paid', eventName: 'shop.paid' })
  span.end()
})
metrics.getMeter('shop').createCounter('shop.orders', { unit: '{order}' }).add(2, { currency: 'EUR' })
console.log('done')
