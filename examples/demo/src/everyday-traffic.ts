import { paymentIdOf, type CheckoutClient } from './checkout-client.ts'

/** Options of {@link driveEverydayTraffic}. */
export interface EverydayTraffic {
  /** People who are at it at the same time, each logged in. */
  readonly customers: readonly CheckoutClient[]
  readonly admin: CheckoutClient
  /** What each of them does, one after the other: rounds of fourteen requests. */
  readonly rounds: number
  readonly signal: AbortSignal
}

const CARDS = ['pm_card_visa', 'pm_card_mastercard', 'pm_card_amex', 'pm_card_visa_debit']
const DECLINED = ['pm_card_visa_chargeDeclined', 'pm_card_chargeDeclinedExpiredCard']
const CURRENCIES = ['eur', 'usd', 'gbp', 'jpy']

/** Does what a shop does on an ordinary day, the same every time, as fast as the service answers. */
export async function driveEverydayTraffic({ customers, admin, rounds, signal }: EverydayTraffic): Promise<void> {
  const admins = async (): Promise<void> => {
    for (let round = 0; round < rounds && !signal.aborted; round++) {
      await admin.send('GET', '/admin')
      await admin.send('GET', '/payments?limit=100&status=declined')
    }
  }
  await Promise.all([admins(), ...customers.map((customer, n) => shop(customer, n, rounds, signal))])
}

async function shop(customer: CheckoutClient, person: number, rounds: number, signal: AbortSignal): Promise<void> {
  for (let round = 0; round < rounds && !signal.aborted; round++) {
    const turn = person + round
    const pick = <T>(list: readonly T[]): T => list[turn % list.length] as T
    const order = { amount: 990 + 1375 * turn, currency: pick(CURRENCIES), description: `Basket ${person}-${round}` }

    await customer.send('GET', '/payments')
    const paid = paymentIdOf(await customer.pay({ ...order, paymentMethod: pick(CARDS) }))
    await customer.send('GET', `/payments/${paid}`)
    await customer.send('GET', '/payments?q=Basket&limit=5')
    const authorised = await customer.pay({ ...order, paymentMethod: pick(CARDS), capture: false })
    await customer.send('POST', `/payments/${paymentIdOf(authorised)}/capture`, { body: {} })
    await customer.send('GET', `/payments/${paymentIdOf(authorised)}`)
    await customer.pay({ ...order, paymentMethod: pick(DECLINED) })
    await customer.send('POST', `/payments/${paid}/refund`, { body: turn % 2 === 0 ? {} : { amount: 500 } })
    await customer.send('GET', `/payments/${paid}`)
    await customer.send('POST', '/payments', { body: { ...order, amount: 'a lot', paymentMethod: pick(CARDS) } })
    await customer.send('GET', '/payments/00000000-0000-4000-8000-000000000000')
    await customer.send('GET', '/payments?status=refunded')
    await customer.send('GET', '/health')
  }
}
