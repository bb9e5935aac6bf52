import { startStripe } from '@plutus/test-kit'
import { readMessage } from './child.ts'
import { serveParent } from './lifetime.ts'

async function serve(): Promise<void> {
  const stripe = await startStripe()
  process.on('message', (message) => {
    const { deliverTo } = readMessage(message)
    if (deliverTo !== undefined) stripe.deliverTo(deliverTo)
  })
  serveParent({ url: stripe.url, apiKey: stripe.apiKey, webhookSecret: stripe.webhookSecret }, () => stripe.close())
}

serve().catch((error: unknown) => {
  process.stderr.write(`The Stripe stand-in does not start: ${String(error)}\n`)
  process.exit(1)
})
