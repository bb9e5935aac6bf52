const { STRIPE_PORT: port, STRIPE_KEY: key, WEBHOOK_SECRET: secret } = process.env

/** Calls Stripe in many ways, and prints what an application sees of it: nothing that differs from run to run. */
module.exports = async function run(Stripe) {
  const seen = {}
  const config = { host: '127.0.0.1', port, protocol: 'http' }
  const stripe = new Stripe(key, { ...config, maxNetworkRetries: 0 })
  const patient = new Stripe(key, { ...config, maxNetworkRetries: 2 })
  patient.getInitialNetworkRetryDelay = () => 0.01 // seconds
  const attempts = []
  patient.on('request', ({ method, path }) => attempts.push(`${method} ${path}`))
  patient.on('response', ({ status }) => attempts.push(status))

  const card = { type: 'card', card: { number: process.env.CARD, exp_month: 12, exp_year: 2034, cvc: '737' } }
  const method = await stripe.paymentMethods.create(card)
  const customer = await stripe.customers.create({ email: 'payer@example.com', description: 'one' })
  await stripe.customers.create({ description: 'two' })
  const payment = {
    amount: 1999,
    currency: 'eur',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  }
  const paid = await stripe.paymentIntents.create(
    { ...payment, payment_method: method.id, customer: customer.id },
    { idempotencyKey: 'order-of-payer@example.com' },
  )
  seen.paid = [paid.object, paid.status, typeof paid.client_secret, Object.keys(paid.lastResponse.headers).length > 3]
  seen.isPlain = Object.getPrototypeOf(paid) === Object.prototype && !Object.keys(paid).includes('lastResponse')
  await stripe.refunds.create({ payment_intent: paid.id, amount: 500 })

  seen.declined = await failure(
    stripe.paymentIntents.create({ ...payment, payment_method: 'pm_card_visa_chargeDeclinedInsufficientFunds' }),
  )
  seen.missing = await failure(stripe.customers.retrieve('cus_none'))
  seen.refused = await failure(stripe.paymentIntents.create({ amount: -1, currency: 'eur' }))
  seen.misused = await failure(Promise.resolve().then(() => stripe.customers.retrieve({ not: 'an id' })))

  // The stand-in fails these by their metadata.
  const described = (description) => ({ ...payment, payment_method: 'pm_card_visa', description })
  seen.retried = (await patient.paymentIntents.create(described('fails twice'))).status
  seen.reset = await failure(stripe.paymentIntents.create(described('is cut')))
  seen.down = await failure(patient.paymentIntents.create(described('always fails')))
  seen.attempts = attempts

  seen.pages = []
  for await (const { description } of stripe.customers.list({ limit: 1 })) seen.pages.push(description)
  seen.listed = Object.keys(stripe.customers.list({ limit: 1 })).sort()
  seen.array = (await stripe.customers.list({ limit: 1 }).autoPagingToArray({ limit: 2 })).length

  const event = { id: 'evt_own', object: 'event', type: 'payment_intent.succeeded', created: 1_700_000_000 }
  const payload = JSON.stringify({ ...event, data: { object: paid } })
  const header = stripe.webhooks.generateTestHeaderString({ payload, secret })
  seen.event = stripe.webhooks.constructEvent(payload, header, secret).id
  seen.again = (await stripe.webhooks.constructEventAsync(payload, header, secret)).id
  seen.forged = await failure(Promise.resolve().then(() => stripe.webhooks.constructEvent(payload, header, 'another')))

  seen.shape = {
    isStripe: stripe instanceof Stripe,
    resource: Object.getOwnPropertyNames(Object.getPrototypeOf(stripe.customers)).sort(),
    sender: describe(Object.getPrototypeOf(stripe._requestSender)),
    base: describe(Stripe.StripeResource.prototype),
    webhooks: describe(stripe.webhooks),
    signature: describe(stripe.webhooks.signature),
  }
  console.log(JSON.stringify(seen, null, 2))

  async function failure(promise) {
    const error = await promise.then(
      () => undefined,
      (reason) => reason,
    )
    const { StripeError } = Stripe.errors ?? stripe.errors
    const { type, code, decline_code, rawType, statusCode, message, name } = error
    const frames = [error instanceof StripeError, error instanceof Error, error.constructor.name]
    return { type, code, decline_code, rawType, statusCode, message: message.split(':')[0], name, frames }
  }
}

function describe(object) {
  return Object.entries(Object.getOwnPropertyDescriptors(object)).map(([name, { value, ...rest }]) => [
    name,
    typeof value === 'function' ? [value.name, value.length] : typeof value,
    rest,
  ])
}
