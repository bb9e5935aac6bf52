import { context, ROOT_CONTEXT } from '@opentelemetry/api'
import type { EndpointHealth } from './endpoint-health.ts'
import type { LossCounter, LossReason } from './losses.ts'
import type { ProcessHold } from './process-hold.ts'
import type { OtlpSettings, Signal } from './settings.ts'
import type { Answer, Attempt, Problem, Transport } from './transport.ts'

/** What all deliveries of one engine share. */
export interface DeliveryParts {
  readonly health: EndpointHealth
  readonly losses: LossCounter
  /** Keeps attempts from holding the process; absent on a thread that holds none. */
  readonly hold?: ProcessHold | undefined
  /** Hears of each attempt that failed. */
  readonly onFailure?: ((signal: Signal, failure: Failure) => void) | undefined
}

/** An attempt that failed. */
export type Failure = Extract<Answer, { ok: false }>

/** One encoded request. */
export interface Parcel {
  readonly body: Uint8Array
  /** Spans, data points or log records in it. */
  readonly count: number
}

// OTLP: exponential back-off with jitter. The figures are those of upstream's exporters.
const FIRST_BACKOFF_MILLIS = 1000
const MAX_BACKOFF_MILLIS = 5000
const BACKOFF_FACTOR = 1.5
const JITTER = 0.2

// The key by which upstream's packages, and so every instrumentation, say that nothing is to be traced.
const SUPPRESSED = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING')
// Not the context of whoever ended the batch: it would be kept alive, and the request traced.
const UNTRACED = ROOT_CONTEXT.setValue(SUPPRESSED, true)

/** Brings parcels of one signal to one endpoint, with retries. Nothing in it holds the process. */
export class Delivery {
  readonly #settings: OtlpSettings
  readonly #signal: Signal
  readonly #transport: Transport
  readonly #giveUpAfterMillis: number
  readonly #countRejected: (answer: Uint8Array) => number
  readonly #parts: DeliveryParts
  readonly #attempts = new Set<Attempt>()
  /** Each ends a pause early; absent where there is none or the endpoint asked for it. */
  readonly #wakes = new Set<() => void>()
  #quietUntil = 0
  #lastProblem: Problem | undefined
  #hurried: (() => void)[] = []

  /**
   * @param giveUpAfterMillis time from the first attempt after which a parcel is dropped; a pause that the endpoint
   *   asks for does not count. `Infinity` retries for as long as there is hope.
   * @param countRejected reads the items that a successful answer says were not accepted.
   */
  constructor(
    target: { settings: OtlpSettings; signal: Signal; transport: Transport },
    giveUpAfterMillis: number,
    countRejected: (answer: Uint8Array) => number,
    parts: DeliveryParts,
  ) {
    this.#settings = target.settings
    this.#signal = target.signal
    this.#transport = target.transport
    this.#giveUpAfterMillis = giveUpAfterMillis
    this.#countRejected = countRejected
    this.#parts = parts
  }

  /** Settles when the parcel has arrived, or with the reason why it is given up; never rejects. */
  async deliver({ body, count }: Parcel): Promise<LossReason | undefined> {
    // Another parcel may meet a new request to wait during the pause.
    while (performance.now() < this.#quietUntil) await this.#pause(this.#quietUntil - performance.now(), false)
    let giveUpAt = performance.now() + this.#giveUpAfterMillis
    for (let retries = 0; ; retries++) {
      const answer = await this.#send(body)
      if (answer.ok) {
        this.#arrived(answer.body, count)
        return undefined
      }
      const { problem, retryable, retryAfterMillis } = answer
      const wait = retryAfterMillis ?? backoff(retries)
      if (retryAfterMillis !== undefined) {
        this.#quietUntil = performance.now() + wait
        giveUpAt = Math.max(giveUpAt, this.#quietUntil + this.#settings.timeoutMillis)
      }
      this.#release()
      if (!retryable || performance.now() + wait > giveUpAt) {
        this.#parts.losses.dropped(this.#signal, REASONS[problem], count)
        return REASONS[problem]
      }
      await this.#pause(wait, retryAfterMillis === undefined)
    }
  }

  /**
   * Ends a pause that only courtesy asks for. Resolves at the next failure, or at once where a further attempt is
   * forbidden or known to be in vain.
   */
  hurry(): Promise<void> {
    if (performance.now() < this.#quietUntil || (this.#wakes.size > 0 && this.#lastProblem === 'timeout')) {
      return Promise.resolve()
    }
    for (const wake of this.#wakes) wake()
    return new Promise((resolve) => this.#hurried.push(resolve))
  }

  /** Nobody waits any more: what hangs is told, and ended where it would hold the process. */
  stopWaiting(): void {
    for (const attempt of this.#attempts) {
      if (attempt.hold() !== 'nothing') attempt.abort('timeout')
      else this.#failed({ ok: false, problem: 'timeout', retryable: true })
    }
  }

  async #send(body: Uint8Array): Promise<Answer> {
    const attempt = context.with(UNTRACED, () => this.#transport.send(body, this.#signal))
    this.#attempts.add(attempt)
    this.#parts.hold?.watch(attempt)
    const answer = await attempt.answer
    this.#attempts.delete(attempt)
    if (!answer.ok) this.#failed(answer)
    return answer
  }

  #failed(failure: Failure): void {
    this.#lastProblem = failure.problem
    this.#parts.health.failed(this.#settings, this.#signal, failure)
    this.#parts.onFailure?.(this.#signal, failure)
  }

  #arrived(answer: Uint8Array, count: number): void {
    this.#lastProblem = undefined
    this.#parts.health.succeeded(this.#settings, this.#signal)
    const rejected = Math.min(this.#countRejected(answer), count)
    this.#parts.losses.exported(this.#signal, count - rejected)
    this.#parts.losses.dropped(this.#signal, 'rejected', rejected)
  }

  #release(): void {
    for (const resolve of this.#hurried.splice(0)) resolve()
  }

  async #pause(millis: number, mayEndEarly: boolean): Promise<void> {
    if (millis <= 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, millis).unref()
    const wake = (): void => {
      clearTimeout(timer)
      resolve()
    }
    if (mayEndEarly) this.#wakes.add(wake)
    await promise
    this.#wakes.delete(wake)
  }
}

function backoff(retries: number): number {
  const base = Math.min(FIRST_BACKOFF_MILLIS * BACKOFF_FACTOR ** retries, MAX_BACKOFF_MILLIS)
  return base * (1 + (Math.random() * 2 - 1) * JITTER)
}

/** What a problem means for a parcel that is given up because of it. */
export function reasonOf(problem: Problem): LossReason {
  return REASONS[problem]
}

const REASONS: Record<Problem, LossReason> = {
  aborted: 'unreachable',
  unreachable: 'unreachable',
  certificate: 'unreachable',
  protocol: 'unreachable',
  timeout: 'timeout',
  busy: 'refused',
  credentials: 'refused',
  missing: 'refused',
  refused: 'refused',
  'too-large': 'refused',
}
