import { business, getLogger, technical, withContext } from '@plutus/events'
import { withinRequest } from './within-request.mjs'

const logger = getLogger('payments')
await withinRequest(() =>
  withContext({ tenant: 'a\nb' }, () => {
    logger.warn('Late \u001b[2J\r\nFAKE ERROR \u202etxt', { 'key\u0007': 'x\u009b31m' })
    business.paymentAttempt({ 'payment.id': 'p1', 'payment.amount': 1234, 'payment.currency': 'EUR' })
    logger.error('Capture failed', new RangeError('no funds'))
    logger.debug('below the level')
    technical.cacheOperation({ 'cache.operation': 'get' })
  }),
)
