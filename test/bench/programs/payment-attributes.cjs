/** What a span or record of a payment carries: eight attributes, the first two of its own. */
module.exports = (at) => ({
  'payment.id': `pay_${at}`,
  'payment.amount': at,
  'payment.currency': 'EUR',
  'payment.method': 'card',
  'user.id': 'u1',
  'session.id': 's1',
  retried: false,
  ratio: 0.5,
})
