import { createNoopMeter } from '@opentelemetry/api'
import type { Counter, Meter } from '@opentelemetry/api'
import type { EndpointNews } from './endpoint-health.ts'
import type { Signal } from './settings.ts'

/** Why telemetry did not arrive. */
export type LossReason =
  | 'queue_full'
  | 'unreachable'
  | 'timeout'
  | 'refused'
  | 'rejected'
  | 'not_encoded'
  | 'process_end'
  | 'export_thread'

const ITEMS: Record<Signal, string> = { traces: 'spans', metrics: 'data points', logs: 'log records' }
const REASONS: Record<LossReason, string> = {
  queue_full: 'queue full',
  unreachable: 'endpoint not reachable',
  timeout: 'no answer in time',
  refused: 'refused by the endpoint',
  rejected: 'rejected in a partial success',
  not_encoded: 'not encodable',
  process_end: 'the process ended first',
  export_thread: 'the export thread failed',
}
// What the endpoint's own message, told at the first failure, does not announce.
const UNTOLD: ReadonlySet<LossReason> = new Set([
  'queue_full',
  'rejected',
  'not_encoded',
  'process_end',
  'export_thread',
])
// What the news of an endpoint say already, in the same line.
const SAID: ReadonlySet<LossReason> = new Set(['unreachable', 'timeout', 'refused'])
// What a longer wait, or another endpoint, might have saved.
const CUT_SHORT: ReadonlySet<LossReason> = new Set(['timeout', 'process_end'])
const FIRST_REPORT_MILLIS = 1000
const HOLD_MILLIS = 5000
const REPORT_MILLIS = 60_000

/** Counts what became of telemetry. */
export interface LossCounter {
  /** Counts items that the endpoint accepted. */
  exported(signal: Signal, count: number): void
  /**
   * Counts items that will not arrive.
   *
   * @param isForGood whether the endpoint refuses these very items, so that it would refuse them again.
   */
  dropped(signal: Signal, reason: LossReason, count: number, isForGood?: boolean): void
}

/** What became of items of one batch: without a reason they were accepted. */
export interface Outcome {
  readonly reason?: LossReason
  readonly count: number
  /** The endpoint refuses these very items, and would refuse them again. */
  readonly isForGood?: true
}

/**
 * Keeps what became of one batch, in the order of its records, so that it is counted when the batch is done and not
 * before.
 */
export class Tally implements LossCounter {
  readonly outcomes: Outcome[] = []

  exported(_signal: Signal, count: number): void {
    if (count > 0) this.outcomes.push({ count })
  }

  dropped(_signal: Signal, reason: LossReason, count: number, isForGood = false): void {
    if (count > 0) this.outcomes.push(isForGood ? { reason, count, isForGood } : { reason, count })
  }
}

/** Counts what was exported and what was lost, by signal and reason, and tells losses at most once a minute. */
export class Losses implements LossCounter {
  readonly #warn: (line: string) => void
  #exported: Counter
  #dropped: Counter
  #unreported = new Map<string, Loss>()
  /** Sums since the process ends, and what the last line told of them; absent before. */
  #end: { readonly sums: Map<string, Loss>; readonly told: Map<string, number> } | undefined
  /** Items that wait on disk when the process ends, and how many of them have been told of. */
  #kept: ReadonlyMap<Signal, number> = new Map()
  #keptTold = 0
  #isEndHeld = false
  /** Collections of metrics that an end has made so far, and points that have arrived since the first of them. */
  #collections: Collection[] = []
  #pointsArrived = 0
  #timer: NodeJS.Timeout | undefined
  #nextReportAt = 0
  readonly #holdMillis: number
  /** News that nobody has heard yet, by outage. */
  readonly #held = new Map<string, { readonly line: string; readonly news: EndpointNews }>()
  #holdTimer: NodeJS.Timeout | undefined

  /** @param holdMillis Time for which the news of an endpoint wait for what is lost by it. @defaultValue 5000 */
  constructor(warn: (line: string) => void, holdMillis: number = HOLD_MILLIS) {
    this.#warn = warn
    this.#holdMillis = holdMillis
    ;[this.#exported, this.#dropped] = createCounters(createNoopMeter())
  }

  /** From now on counts as `plutus.telemetry.exported` and `plutus.telemetry.dropped` too. */
  measureWith(meter: Pick<Meter, 'createCounter'>): void {
    ;[this.#exported, this.#dropped] = createCounters(meter)
  }

  exported(signal: Signal, count: number): void {
    if (count <= 0) return
    this.#exported.add(count, { 'plutus.signal': signal })
    if (signal === 'metrics') this.#pointsArrived += count
  }

  dropped(signal: Signal, reason: LossReason, count: number): void {
    if (count <= 0) return
    this.#dropped.add(count, { 'plutus.signal': signal, 'plutus.drop.reason': reason })
    addLoss(this.#unreported, { signal, reason, count })
    const soonest = UNTOLD.has(reason) ? FIRST_REPORT_MILLIS : REPORT_MILLIS
    this.#timer ??= setTimeout(() => this.#report(), Math.max(soonest, this.#nextReportAt - performance.now())).unref()
  }

  /** The process ends, and these items wait on disk for the next one, by now and in all. */
  keptInAll(counts: ReadonlyMap<Signal, number>): void {
    this.#kept = counts
  }

  /**
   * An end of the process may collect metrics more than once. What a further collection tells again is one loss with
   * what it repeats, if both are lost.
   *
   * @param isFirst whether earlier ones belong to another end.
   */
  collected(points: number, repeated: number, isFirst: boolean): void {
    if (isFirst) this.#forgetCollections()
    this.#collections.push({ points, repeated })
  }

  /** Counts what became of a batch. */
  settled(signal: Signal, outcomes: readonly Outcome[]): void {
    for (const { reason, count } of outcomes) {
      if (reason === undefined) this.exported(signal, count)
      else this.dropped(signal, reason, count)
    }
  }

  /**
   * Tells the news of an endpoint, in one line with what is lost where that is known soon. An outage that is over by
   * then, with nothing lost, is not worth a line.
   */
  announce(line: string, news: EndpointNews): void {
    if (this.#holdMillis === 0) this.#warn(line)
    else if (!news.isOver) {
      this.#held.set(news.outage, { line, news })
      this.#holdTimer ??= setTimeout(() => this.#tellHeld(), this.#holdMillis).unref()
    } else if (!this.#held.delete(news.outage)) this.#warn(line)
  }

  /** Tells at once what nothing has announced yet: the process may end. */
  reportUntold(): void {
    if ([...this.#unreported.values()].some(({ reason }) => UNTOLD.has(reason))) this.#report()
  }

  /** Whether `reportAll` is to wait for a call after this holds no more: more may be lost in the same end. */
  holdEnd(isHeld: boolean): void {
    this.#isEndHeld = isHeld
  }

  /**
   * Tells at once whatever has not been told: the process ends. Of what is recorded and lost after that, listeners of
   * `exit` being the last to run, it tells the sums whenever one has doubled.
   *
   * @param describeWay Tells where signals were to go and what to look at, for a line that no news of an endpoint opens.
   */
  reportAll(describeWay?: (signals: ReadonlySet<Signal>) => string): void {
    if (this.#isEndHeld) return
    const isFirst = this.#end === undefined
    this.#countRepeatsOnce()
    const { sums, told } = (this.#end ??= { sums: new Map(), told: new Map() })
    for (const loss of this.#unreported.values()) addLoss(sums, loss)
    if ([...sums].some(([key, { count }]) => count >= 2 * (told.get(key) ?? 0))) {
      for (const [key, { count }] of sums) told.set(key, count)
      if (isFirst) this.#report(describeWay)
      else this.#warn(`Telemetry lost: ${describeLosses(sums, false)}, in all`)
    }
    this.#unreported.clear()
    clearTimeout(this.#timer)
    this.#reportKept()
    this.#takeHeld() // nothing is lost by it
  }

  /** Of points that were lost, leaves out those that a later collection of the same end has told again. */
  #countRepeatsOnce(): void {
    let arrived = this.#pointsArrived
    let repeats = 0
    this.#collections.forEach(({ points, repeated }, at) => {
      if (at > 0 && arrived < 0) repeats += repeated
      arrived -= points
    })
    this.#forgetCollections()
    for (const [key, loss] of this.#unreported) {
      if (loss.signal !== 'metrics') continue
      const surplus = Math.min(repeats, loss.count)
      repeats -= surplus
      loss.count -= surplus
      if (loss.count === 0) this.#unreported.delete(key)
    }
  }

  #forgetCollections(): void {
    this.#collections = []
    this.#pointsArrived = 0
  }

  #reportKept(): void {
    const counts = this.#takeKept()
    if (counts === undefined) return
    const news = this.#takeHeld().at(-1)?.news
    if (news === undefined) this.#warn(`Telemetry is kept on disk for the next start: ${counts}`)
    else this.#warn(`${news.what}, kept on disk for the next start: ${counts}${adviceOf(news)}`)
  }

  /** What is kept by now, if it has doubled since it was told. */
  #takeKept(): string | undefined {
    const sum = [...this.#kept.values()].reduce((total, count) => total + count, 0)
    if (sum === 0 || sum < 2 * this.#keptTold) return undefined
    this.#keptTold = sum
    return [...this.#kept].map(([signal, count]) => `${ITEMS[signal]} ${count}`).join(', ')
  }

  #tellHeld(): void {
    for (const { line } of this.#takeHeld()) this.#warn(line)
  }

  #takeHeld(): readonly { readonly line: string; readonly news: EndpointNews }[] {
    clearTimeout(this.#holdTimer)
    this.#holdTimer = undefined
    const held = [...this.#held.values()]
    this.#held.clear()
    return held
  }

  #report(describeWay?: (signals: ReadonlySet<Signal>) => string): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#nextReportAt = performance.now() + REPORT_MILLIS
    this.#forgetCollections()
    const held = this.#takeHeld()
    const last = held.at(-1)?.news
    const lost = describeLosses(this.#unreported, last !== undefined)
    const cut = new Set(
      [...this.#unreported.values()].flatMap((loss) => (CUT_SHORT.has(loss.reason) ? loss.signal : [])),
    )
    this.#unreported.clear()
    for (const { line } of held.slice(0, -1)) this.#warn(line)
    if (last === undefined) {
      const way = cut.size === 0 ? undefined : describeWay?.(cut)
      return this.#warn(`Telemetry lost: ${lost}${way === undefined ? '' : `; ${way}`}`)
    }
    // One fault, one line: metrics are lost by it, the rest waits for the next start.
    const kept = this.#takeKept()
    const rest = kept === undefined ? '' : `, kept on disk for the next start: ${kept}`
    this.#warn(`${last.what}, lost: ${lost}${rest}${adviceOf(last)}`)
  }
}

function adviceOf({ advice }: EndpointNews): string {
  return advice === undefined ? '' : `; ${advice}`
}

interface Collection {
  readonly points: number
  readonly repeated: number
}

interface Loss {
  readonly signal: Signal
  readonly reason: LossReason
  count: number
}

function addLoss(losses: Map<string, Loss>, { signal, reason, count }: Loss): void {
  const key = `${signal} ${reason}`
  const known = losses.get(key)
  if (known === undefined) losses.set(key, { signal, reason, count })
  else known.count += count
}

/** Counts by signal, with reasons where what stands before does not say them. */
function describeLosses(losses: ReadonlyMap<string, Loss>, isSaid: boolean): string {
  return [...losses.values()]
    .map(
      ({ signal, reason, count }) =>
        `${ITEMS[signal]} ${count}${isSaid && SAID.has(reason) ? '' : ` (${REASONS[reason]})`}`,
    )
    .join(', ')
}

function createCounters(meter: Pick<Meter, 'createCounter'>): [exported: Counter, dropped: Counter] {
  return [
    meter.createCounter('plutus.telemetry.exported', {
      unit: '{item}',
      description: 'Spans, data points and log records that the endpoint accepted.',
    }),
    meter.createCounter('plutus.telemetry.dropped', {
      unit: '{item}',
      description: 'Spans, data points and log records that did not arrive, by reason.',
    }),
  ]
}
