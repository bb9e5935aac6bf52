import { createHmac } from 'node:crypto'

/**
 * Signs a webhook's payload as Stripe does and gives the value of the `Stripe-Signature` header.
 *
 * @param seconds Unix time of the signature; Stripe's libraries refuse one older than 300 s.
 */
export function signWebhook(payload: string, secret: string, seconds: number): string {
  const v1 = createHmac('sha256', secret).update(`${seconds}.${payload}`).digest('hex')
  return `t=${seconds},v1=${v1}`
}
