import type { CallbackRegistry, ObservationRound } from './callback-registry.ts'
import type { Troubles } from './troubles.ts'

/** What is collected, and where it goes. */
export interface CollectorOptions {
  readonly callbacks: CallbackRegistry
  /** Milliseconds that asynchronous callbacks have. */
  readonly callbackTimeoutMillis: number
  /** Hands over all metrics, and yields the number of points each time it has handed over some. Must not throw. */
  readonly handOver: () => Iterator<number, void>
  /** Is called when a collection is complete. */
  readonly onComplete: () => void
  readonly troubles: Troubles
}

// So many are encoded in a millisecond or two, at the first time too; after that the application has a turn.
const POINTS_PER_TURN = 100

/** Runs collections one after the other. */
export class Collector {
  readonly #options: CollectorOptions
  #current: Collection | undefined
  #running: Promise<number> | undefined
  #next: Promise<number> | undefined

  constructor(options: CollectorOptions) {
    this.#options = options
  }

  /** Whether a collection is under way. */
  get isRunning(): boolean {
    return this.#running !== undefined
  }

  /** Collects what was measured up to now, after the collection under way if there is one. Returns the number of points; never rejects. */
  collect(): Promise<number> {
    if (this.#next !== undefined) return this.#next
    if (this.#running === undefined) return this.#start()
    this.#next = this.#running.then(() => this.#start())
    return this.#next
  }

  /**
   * Collects at once, for an end of the process that cannot wait: of callbacks it takes what they observe before they
   * wait for something. Never throws.
   */
  collectNow(): number {
    let points = 0
    guard(() => {
      points += this.#current?.finish() ?? 0
      points += new Collection(this.#options).finish()
    }, this.#options.troubles)
    return points
  }

  #start(): Promise<number> {
    this.#next = undefined
    // Not before it is known to run: a callback that asks for a collection gets the next one.
    this.#running = Promise.resolve().then(() => this.#run())
    return this.#running
  }

  async #run(): Promise<number> {
    try {
      this.#current = new Collection(this.#options)
      return await this.#current.run()
    } catch {
      this.#options.troubles.lose('metric_failed')
      return 0
    } finally {
      this.#current = undefined
      this.#running = undefined
    }
  }
}

/** One collection. */
class Collection {
  readonly #options: CollectorOptions
  readonly #round: ObservationRound
  #parts: Iterator<number, void> | undefined
  #points = 0
  #isDone = false

  constructor(options: CollectorOptions) {
    this.#options = options
    this.#round = options.callbacks.run()
  }

  /** Collects, with turns for the application in between. */
  async run(): Promise<number> {
    const { isAny, settled } = this.#round
    if (settled !== undefined) await raceTimeout(settled, this.#options.callbackTimeoutMillis)
    // The first ones of a process took 3 ms, as what follows did: V8 knows none of their code yet.
    if (isAny) await takeTurns()
    while (!this.#handOver(POINTS_PER_TURN)) await takeTurns()
    return this.#points
  }

  /** Collects all that is left at once. Returns the number of points. */
  finish(): number {
    const before = this.#points
    this.#handOver(Infinity)
    return this.#points - before
  }

  /** Hands over metrics until there are so many points more. Returns whether that was all. */
  #handOver(maxPoints: number): boolean {
    const { handOver, onComplete, troubles } = this.#options
    this.#round.close()
    this.#parts ??= handOver()
    for (const end = this.#points + maxPoints; !this.#isDone && this.#points < end;) {
      const part = this.#parts.next()
      if (part.done === true) {
        this.#isDone = true
        guard(onComplete, troubles)
      } else this.#points += part.value
    }
    return this.#isDone
  }
}

function guard(run: () => void, troubles: Troubles): void {
  try {
    run()
  } catch {
    troubles.lose('metric_failed')
  }
}

async function raceTimeout(settled: Promise<unknown>, millis: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  // A callback that never ends must not keep the process alive.
  const timer = setTimeout(resolve, millis).unref()
  await Promise.race([settled, promise])
  clearTimeout(timer)
}

function takeTurns(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
