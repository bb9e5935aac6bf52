import { business, getLogger, performance, security, withContext } from '@plutus/events'

// A vendor's SDK may have been set up before, with a trace of its own.
const { inTrace = (fn) => fn() } = globalThis

await inTrace(() =>
  withContext({ tenant: 'acme' }, async () => {
    getLogger('payments').info('Payment processed', { 'payment.id': 'p1' })
    getLogger('payments').debug('below the level')
    business.paymentAttempt({ 'payment.id': 'p1', 'payment.amount': 1234, 'payment.currency': 'EUR' })
    security.logout({ 'user.id': 'u1' })
    await performance.timed('capture', async () => 1)
  }),
)
