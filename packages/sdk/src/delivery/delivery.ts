import { context, ROOT_CONTEXT } from '@opentelemetry/api'
import type { EndpointHealth } from './endpoint-health.ts'
import type { LossCounter, LossReason } from './losses.ts'
import type { ProcessHold } from './process-hold.ts'
import type { OtlpSettings, Signal } from './settings.ts'
import type { Answer, Attempt, Divisibility, Problem, Transport } from './transport.ts'

/** What all deliveries of one engine share. */
export interface DeliveryParts {
  readonly health: EndpointHealth
  readonly losses: LossCounter
  /** Keeps attempts from holding the process; absent on a thread that holds none. */
  readonly hold?: ProcessHold | undefined
  /** Hears of each attempt that failed. */
  readonly onFailure?: ((signal: Signal, failure: Failure) => void) | undefined
  /** Hears that one more parcel pauses. */
  readonly onPause?: () => void
}

/** An attempt that failed. */
export type Failure = Extract<Answer, { ok: false }>

/** One encoded request. */
export interface Parcel {
  /** Its parts, in their order. */
  readonly body: readonly Uint8Array[]
  /** Spans, data points or log records in it. */
  readonly count: number
  /** Counts what becomes of it. @defaultValue the counter of the delivery */
  readonly losses?: LossCounter
  /**
   * Hears that an endpoint refuses it, which may take parts of it. @returns whether the caller delivers such parts instead;
   * then nothing is counted of it.
   */
  readonly divides?: (how: Divisibility) => boolean
  /** Hears that memory of `body` may be read for longer than the delivery takes. */
  readonly onStillRead?: () => void
}

/** An attempt whose request was written as a whole when the event loop turned for the last time. */
export interface CutAttempt {
  readonly attempt: Attempt
  readonly parcel: Parcel
  /** Whether it arrives although nobody hears of it: its endpoint was well, and has not been silent for long. */
  readonly isTrusted: boolean
}

// OTLP: exponential back-off with jitter. The figures are those of upstream's exporters.
const FIRST_BACKOFF_MILLIS = 1000
const MAX_BACKOFF_MILLIS = 5000
const BACKOFF_FACTOR = 1.5
const JITTER = 0.2

// Silence of less than this is not told, unless more was not to be waited for: a busy machine answers late.
const TOLD_SILENCE_MILLIS = 1000
// After this silence those who end soon do not wait again.
const VAIN_SILENCE_MILLIS = 200

// What an endpoint says itself: it is there, and answers what it was sent.
const ANSWERED: ReadonlySet<Problem> = new Set([
  'busy',
  'credentials',
  'missing',
  'refused',
  'too-large',
  'record-too-large',
])

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
  readonly #attempts = new Map<Attempt, Parcel>()
  /** Each ends a pause early; absent where there is none or the endpoint asked for it. */
  readonly #wakes = new Set<() => void>()
  #quietUntil = 0
  #lastProblem: Problem | undefined
  #pausing = 0
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

  /** Settles when the parcel has arrived, or with the reason why it is given up, at least as a whole; never rejects. */
  async deliver(parcel: Parcel): Promise<LossReason | undefined> {
    // Another parcel may meet a new request to wait during the pause.
    while (performance.now() < this.#quietUntil) await this.#pause(this.#quietUntil - performance.now(), false)
    let giveUpAt = performance.now() + this.#giveUpAfterMillis
    for (let retries = 0; ; retries++) {
      const attempt = this.#start(parcel)
      const answer = await attempt.answer
      this.#attempts.delete(attempt)
      if (attempt.isReading()) parcel.onStillRead?.()
      if (answer.ok) {
        this.#arrived(answer.body, parcel)
        return undefined
      }
      const { divisible, problem, retryable, retryAfterMillis } = answer
      if (divisible !== undefined && parcel.divides?.(divisible) === true) return REASONS[problem]
      const isSingle = divisible === 'to-fit' && parcel.divides !== undefined
      this.#failed(isSingle ? { ...answer, problem: 'record-too-large' } : answer, attempt.waitedMillis())
      const wait = retryAfterMillis ?? backoff(retries)
      if (retryAfterMillis !== undefined) {
        this.#quietUntil = performance.now() + wait
        giveUpAt = Math.max(giveUpAt, this.#quietUntil + this.#settings.timeoutMillis)
      }
      // What is refused for what is in it says nothing about the others.
      if (divisible === undefined) this.#release()
      if (!retryable || performance.now() + wait > giveUpAt) {
        this.#countFor(parcel).dropped(this.#signal, REASONS[problem], parcel.count, divisible !== undefined)
        return REASONS[problem]
      }
      await this.#pause(wait, retryAfterMillis === undefined)
    }
  }

  /** Parcels that wait for another attempt. */
  get pausing(): number {
    return this.#pausing
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

  /**
   * Nobody waits any more: what hangs is told, and ended where it would hold the process.
   *
   * @returns whether waiting again would be in vain.
   */
  stopWaiting(): boolean {
    // A pause after a failure; what is not a request yet is none.
    let isVain = this.#wakes.size > 0 || performance.now() < this.#quietUntil
    for (const attempt of this.#attempts.keys()) {
      const waitedMillis = attempt.waitedMillis()
      const isSilent = waitedMillis >= VAIN_SILENCE_MILLIS
      isVain ||= isSilent
      if (attempt.hold() !== 'nothing') attempt.abort(isSilent ? 'timeout' : 'aborted')
      else if (isSilent) this.#failed({ ok: false, problem: 'timeout', retryable: true }, waitedMillis)
    }
    // Who asked to be told in the meantime has nothing to wait for either.
    if (isVain) this.#release()
    return isVain
  }

  /**
   * Nothing will be heard any more by itself: ends each attempt whose request is not written as a whole. Returns the
   * others, whose answers `conclude` takes.
   *
   * @param isKept whether somebody keeps a parcel that no answer is heard of. What nobody keeps is ended too where the
   *   endpoint may not be there.
   */
  cut(isKept: (parcel: Parcel) => boolean): readonly CutAttempt[] {
    const written: CutAttempt[] = []
    for (const [attempt, parcel] of this.#attempts) {
      const waitedMillis = attempt.waitedMillis()
      const isThere = this.#lastProblem === undefined || ANSWERED.has(this.#lastProblem)
      const isAnswering = isThere && waitedMillis < TOLD_SILENCE_MILLIS
      // An endpoint that is silent for this long may be slow, so nothing is sent again; or gone, so that it is counted.
      const isTrusted = this.#lastProblem === undefined && waitedMillis < VAIN_SILENCE_MILLIS
      if (attempt.isWritten() && (isAnswering || isKept(parcel))) written.push({ attempt, parcel, isTrusted })
      else attempt.abort('aborted')
    }
    return written
  }

  /** Takes the answer to an attempt that was cut off. Returns whether nobody has to send its parcel again. */
  conclude({ attempt, parcel }: CutAttempt, answer: Answer): boolean {
    if (answer.ok) {
      this.#arrived(answer.body, parcel)
      return true
    }
    this.#failed(answer, attempt.waitedMillis())
    if (answer.retryable || answer.divisible !== undefined) return false
    this.#countFor(parcel).dropped(this.#signal, REASONS[answer.problem], parcel.count)
    return true
  }

  #start(parcel: Parcel): Attempt {
    const attempt = context.with(UNTRACED, () => this.#transport.send(parcel.body, this.#signal))
    this.#attempts.set(attempt, parcel)
    this.#parts.hold?.watch(attempt)
    return attempt
  }

  #failed(failure: Failure, waitedMillis: number): void {
    this.#lastProblem = failure.problem
    const isTold =
      failure.problem !== 'timeout' || waitedMillis >= Math.min(TOLD_SILENCE_MILLIS, this.#settings.timeoutMillis)
    if (isTold) this.#parts.health.failed(this.#settings, this.#signal, failure)
    this.#parts.onFailure?.(this.#signal, failure)
  }

  #countFor({ losses }: Parcel): LossCounter {
    return losses ?? this.#parts.losses
  }

  #arrived(answer: Uint8Array, parcel: Parcel): void {
    this.#lastProblem = undefined
    this.#parts.health.succeeded(this.#settings, this.#signal)
    const rejected = Math.min(this.#countRejected(answer), parcel.count)
    const losses = this.#countFor(parcel)
    losses.exported(this.#signal, parcel.count - rejected)
    losses.dropped(this.#signal, 'rejected', rejected)
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
    this.#pausing++
    this.#parts.onPause?.()
    await promise
    this.#pausing--
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
  'record-too-large': 'refused',
}
