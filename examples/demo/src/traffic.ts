import { createCheckoutClient, type CheckoutClient, type Exchange } from './checkout-client.ts'
import { driveEverydayTraffic } from './everyday-traffic.ts'
import type { Progress } from './progress.ts'
import type { PlayedScenario } from './report.ts'
import { SCENARIOS } from './scenarios.ts'
import type { Stage } from './stage.ts'

/** What was sent to the service. */
export interface TrafficSummary {
  readonly scenarios: readonly PlayedScenario[]
  readonly requests: number
  readonly seconds: number
  /** Requests by HTTP status; 0 stands for no answer. */
  readonly statuses: Readonly<Record<number, number>>
  /** All of the requests. */
  readonly exchanges: readonly Exchange[]
}

/** Options of {@link driveTraffic}. */
interface TrafficOptions {
  /** The service tells no events of its own. */
  readonly isPlain: boolean
  readonly signal: AbortSignal
  readonly step: Progress['step']
}

const CUSTOMERS = ['alice@example.com', 'bob@example.com']
const ADMIN = 'admin@example.com'
const SHOPPERS = 4
const ROUNDS = 2

/** Sends a few minutes' worth of traffic as fast as the service answers, then plays the scenarios one at a time. */
export async function driveTraffic(stage: Stage, { isPlain, signal, step }: TrafficOptions): Promise<TrafficSummary> {
  const { checkoutUrl, password, stripe } = stage
  const exchanges: Exchange[] = []
  let isEveryday = true
  const createClient = (): CheckoutClient =>
    createCheckoutClient(checkoutUrl, (exchange) => {
      exchanges.push(exchange)
      if (isEveryday) step('Driving traffic', `${exchanges.length} requests`)
    })
  const logIn = async (email: string): Promise<CheckoutClient> => {
    const client = createClient()
    await client.logIn(email, password)
    return client
  }

  const start = performance.now()
  const admin = await logIn(ADMIN)
  const customers = await Promise.all(
    Array.from({ length: SHOPPERS }, (_, n) => logIn(CUSTOMERS[n % CUSTOMERS.length] ?? ADMIN)),
  )
  await driveEverydayTraffic({ customers, admin, rounds: ROUNDS, signal })
  await stripe.settled()

  isEveryday = false

  const [customer = admin] = customers
  const scenarios: PlayedScenario[] = []
  for (const { run, hint, eventsHint, ...scenario } of SCENARIOS) {
    if (signal.aborted) break
    step('Playing', scenario.title)
    scenarios.push({
      ...scenario,
      hint: isPlain || eventsHint === undefined ? hint : `${hint} ${eventsHint}`,
      exchange: await run({ customer, admin, stranger: createClient(), stripe }),
    })
    await stripe.settled()
  }
  const statuses: Record<number, number> = {}
  for (const { status } of exchanges) statuses[status] = (statuses[status] ?? 0) + 1
  return { scenarios, requests: exchanges.length, seconds: (performance.now() - start) / 1000, statuses, exchanges }
}
