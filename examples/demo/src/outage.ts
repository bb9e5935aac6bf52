import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { runCli } from '@plutus/cli'
import type { ReceivedLog, Receiver } from '@plutus/test-kit'
import { createCheckoutClient, paymentIdOf } from './checkout-client.ts'
import { DemoError } from './demo-error.ts'
import type { Page } from './layout.ts'
import type { Progress } from './progress.ts'
import { renderOutage } from './render-outage.ts'
import { openStage, type Stage, type StageOptions } from './stage.ts'

/** What surrounds the outage. */
export interface OutageOptions extends Pick<StageOptions, 'env' | 'onClose'> {
  readonly isJson: boolean
  readonly signal: AbortSignal
  readonly page: Page
  readonly print: (lines: readonly string[]) => void
  readonly step: Progress['step']
}

/** What became of the events of confirmed payments. */
export interface OutageReport {
  /** Payments that the service confirmed, before and during the outage. */
  readonly payments: number
  /** Their events: two each. */
  readonly emitted: number
  /** Records that were found on disk when the service was dead. */
  readonly stored: number
  readonly delivered: number
  /** Records that arrived more than once, each time with the same `log.record.uid`. */
  readonly twice: number
  readonly lost: number
  /** What `plutus spool ls` told when the service was dead. */
  readonly spool: string
}

const CUSTOMERS = ['alice@example.com', 'bob@example.com']
const SHOPPERS = 6
const EVENTS = ['payment.attempt', 'payment.completion'] as const
const BEFORE = 60
const DURING = 200
const DELIVERY_MILLIS = 60_000

/**
 * Makes payments, stops the receiver, makes more, kills the service in the middle of them, starts both again and counts
 * what arrived. Gives the exit code: 0 if no event of a confirmed payment was lost, else 1.
 */
export async function runOutage(options: OutageOptions): Promise<number> {
  const { isJson, env, onClose, page, print, step } = options
  const folder = mkdtempSync(join(tmpdir(), 'plutus-demo-'))
  onClose(() => Promise.resolve(rmSync(folder, { recursive: true, force: true })))
  const spool = join(folder, 'spool')
  const stage = await openStage({ endpoint: undefined, isPlain: false, env, spool, onClose, step })
  const { receiver, service } = stage
  if (receiver === undefined) throw new DemoError('There is no receiver to stop.')

  const confirmed = new Set<string>()
  const isUnderLoad = loadUntilDeath(stage, options, (id) => {
    confirmed.add(id)
    step(confirmed.size < BEFORE ? 'Paying' : 'Paying while nobody receives', `${confirmed.size} payments`)
  })
  await until(() => confirmed.size >= BEFORE, isUnderLoad)
  await receiver.refuse()
  await until(() => confirmed.size >= BEFORE + DURING, isUnderLoad)
  service.kill('SIGKILL')
  await service.exited
  await isUnderLoad

  const { table, records } = await listSpool(spool)
  await receiver.accept()
  step('Starting the service again')
  await stage.startAgain()
  step('Waiting for what it finds on disk')
  const events = [...confirmed].flatMap((id) => EVENTS.map((name) => `${name} ${id}`))
  await receiver
    .waitFor(() => findLost(receiver, events).length === 0, { timeoutMillis: DELIVERY_MILLIS })
    .catch(() => undefined) // the report tells
  const lost = findLost(receiver, events).length
  const report: OutageReport = {
    payments: confirmed.size,
    emitted: events.length,
    stored: records,
    delivered: events.length - lost,
    twice: countTwice(receiver.logs),
    lost,
    spool: table,
  }
  if (isJson) process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`)
  else print(renderOutage(report, page))
  return lost === 0 ? 0 : 1
}

/** Lets several customers pay as fast as the service answers; ends when it answers no more. */
async function loadUntilDeath(
  { checkoutUrl, password }: Stage,
  { signal }: OutageOptions,
  onConfirmed: (id: string) => void,
): Promise<void> {
  const shop = async (shopper: number): Promise<void> => {
    const client = createCheckoutClient(checkoutUrl, () => {})
    await client.logIn(CUSTOMERS[shopper % CUSTOMERS.length] ?? '', password)
    for (let turn = 0; !signal.aborted; turn++) {
      const amount = 1000 + 100 * shopper + turn
      const description = `Basket ${shopper}-${turn}`
      const answer = await client.pay({ amount, currency: 'eur', paymentMethod: 'pm_card_visa', description })
      if (answer.status === 0) return
      if (answer.status === 201) onConfirmed(paymentIdOf(answer))
    }
  }
  await Promise.all(Array.from({ length: SHOPPERS }, (_none, shopper) => shop(shopper)))
}

/** Waits for a condition. @throws {DemoError} if the load ends first. */
async function until(isMet: () => boolean, load: Promise<void>): Promise<void> {
  let hasEnded = false
  void load.then(() => (hasEnded = true))
  while (!isMet()) {
    if (hasEnded) throw new DemoError('The service stopped answering before it was killed.')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** What `plutus spool ls` tells, and the records of durable classes in it. */
async function listSpool(spool: string): Promise<{ readonly table: string; readonly records: number }> {
  const list = async (...args: string[]): Promise<string> => {
    let text = ''
    const stdin = Readable.from([])
    await runCli(['spool', 'ls', ...args, spool], { env: {}, stdin, out: (more) => void (text += more), err: () => {} })
    return text
  }
  const rows = (await list('--json')).split('\n').filter((line) => line !== '')
  const counts = rows.map((line) => JSON.parse(line) as { readonly holds: string; readonly records: number })
  const durable = counts.filter(({ holds }) => ['payment', 'security', 'audit'].includes(holds))
  return { table: await list(), records: durable.reduce((sum, { records }) => sum + records, 0) }
}

function findLost({ logs }: Receiver, events: readonly string[]): string[] {
  const arrived = new Set(logs.map(({ eventName, attributes }) => `${eventName} ${String(attributes['payment.id'])}`))
  return events.filter((event) => !arrived.has(event))
}

/** A call and a webhook may tell of the same fact, under one uid; the same time shows that it is the same record. */
function countTwice(logs: readonly ReceivedLog[]): number {
  const keys = logs.flatMap(({ attributes, timeUnixNano }) => {
    const uid = attributes['log.record.uid']
    return typeof uid === 'string' ? [`${uid} ${timeUnixNano}`] : []
  })
  return keys.length - new Set(keys).size
}
