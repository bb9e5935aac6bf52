import type { Policy } from '@plutus/policy'
import { promtool } from '@plutus/test-kit'
import { createCheckoutClient, type Exchange } from './checkout-client.ts'
import { DemoError } from './demo-error.ts'
import { evaluateAlerts, type FiringAlert } from './evaluate-alerts.ts'
import type { Progress } from './progress.ts'
import type { MetricsPage } from './scrape.ts'
import type { Stage } from './stage.ts'

/** What the alerts of the policy make of failed logins: of one too few, and of one more. */
export interface AlertReport {
  /** Failed logins at which the alert has to fire. */
  readonly reaches: number
  /** What fires one below; absent where there is no promtool to ask. */
  readonly below?: readonly FiringAlert[]
  readonly at?: readonly FiringAlert[]
}

/** What {@link failLogins} needs. */
interface FailLoginsOptions {
  readonly stage: Stage
  readonly policy: Policy
  readonly page: MetricsPage
  /** What was asked of the service before. */
  readonly exchanges: readonly Exchange[]
  readonly folder: string
  readonly signal: AbortSignal
  readonly step: Progress['step']
}

const ALERT = 'auth_failures'
const ALERT_NAME = 'PlutusAuthFailures'
const SERIES = 'auth_failures_total'
const GUESS = 'not the password'
const COUNT_MILLIS = 30_000

/** Lets logins fail until one is missing for the alert, reads the metrics, lets one more fail, and reads them again. */
export async function failLogins(
  options: FailLoginsOptions,
): Promise<{ readonly alert: AlertReport; readonly exchanges: readonly Exchange[] }> {
  const { stage, policy, page, exchanges, folder, signal, step } = options
  const { reaches = 0 } = policy.alerts[ALERT] ?? {}
  const made: Exchange[] = []
  const client = createCheckoutClient(stage.checkoutUrl, (exchange) => void made.push(exchange))
  let failed = exchanges.filter(({ path, status }) => path === '/login' && status === 401).length
  const failUntil = async (count: number): Promise<readonly string[]> => {
    for (; failed < count && !signal.aborted; failed++) await client.logIn('alice@example.com', GUESS)
    step('Failing logins', `${failed} of ${reaches}`)
    return await readWhen(page, count, signal)
  }
  const scrapes = [await failUntil(reaches - 1), await failUntil(reaches)]
  if (!promtool.isBuilt) return { alert: { reaches }, exchanges: made }
  step('Asking promtool which alerts fire')
  const [below = [], at = []] = await evaluateAlerts(policy, scrapes, folder)
  return { alert: { reaches, below, at }, exchanges: made }
}

/** Whether the alert fires at its number, and not one below. */
export function firesAtItsNumber({ below, at }: AlertReport): boolean {
  if (below === undefined || at === undefined) return true // nobody was asked
  return !isFiring(below) && isFiring(at)
}

function isFiring(alerts: readonly FiringAlert[]): boolean {
  return alerts.some(({ name }) => name === ALERT_NAME)
}

/** The metrics, when all failed logins are in them. */
async function readWhen(page: MetricsPage, count: number, signal: AbortSignal): Promise<readonly string[]> {
  const deadline = performance.now() + COUNT_MILLIS
  for (;;) {
    const lines = await page.read()
    const counted = lines
      .filter((line) => line.startsWith(`${SERIES}{`))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
    if (counted === count || signal.aborted) return lines
    if (performance.now() > deadline) {
      throw new DemoError(`The collector counted ${counted} failed logins where there were ${count}.`)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
