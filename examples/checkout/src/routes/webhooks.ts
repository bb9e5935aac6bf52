import { raw } from 'express'
import type { Express } from 'express'
import type { AppParts } from '../app.ts'
import { CheckoutError } from '../checkout-error.ts'

/** `POST /webhooks/stripe`: believes what Stripe has signed, and nothing else. */
export function addWebhookRoutes(app: Express, { payments, readWebhook, log }: AppParts): void {
  // The signature is over the bytes as they came, so nothing parses them before.
  app.post('/webhooks/stripe', raw({ type: () => true, limit: '256kb' }), async (request, response) => {
    if (readWebhook === undefined) {
      throw new CheckoutError(503, 'webhooks_off', 'No webhook secret is set')
    }
    const body: unknown = request.body
    const event = readWebhook(Buffer.isBuffer(body) ? body : Buffer.alloc(0), request.get('stripe-signature') ?? '')
    if (event === undefined) {
      log.warn('webhook with a bad signature refused')
      throw new CheckoutError(400, 'bad_signature', 'The signature does not fit')
    }
    const isNew = await payments.applyEvent(event)
    log.info({ eventId: event.id, type: event.type, isNew }, 'webhook taken')
    response.json({ received: true })
  })
}
