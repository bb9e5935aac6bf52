import { Stripe } from 'stripe'

const stripe = new Stripe(process.env.STRIPE_KEY)
const { WEBHOOKS, WEBHOOK_SECRET: secret } = process.env
for (const { body, signature } of JSON.parse(WEBHOOKS)) {
  try {
    console.log(stripe.webhooks.constructEvent(body, signature, secret).type)
  } catch (error) {
    console.log(error.type)
  }
}
