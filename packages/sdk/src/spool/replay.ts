import type { BufferPool } from '@plutus/otlp'
import type { Outcome } from '../delivery/losses.ts'
import { recordBytesOf } from '../delivery/packed-batch.ts'
import type { PackedBatch } from '../delivery/packed-batch.ts'
import type { Signal } from '../delivery/settings.ts'
import type { Entry, Ledger } from './ledger.ts'

/** What a replay is made of. */
export interface ReplayOptions {
  /** What there is on disk; what is to be sent first at the front. */
  readonly ledgers: () => readonly Ledger[]
  /** Memory for what is read, which who sends it gives back. @defaultValue new memory each time */
  readonly pool?: BufferPool | undefined
  readonly send: (batch: PackedBatch, onSettled: (outcomes: readonly Outcome[]) => void) => void
  /** Whether what is on disk has to wait for what is in memory. */
  readonly isBusy: (signal: Signal) => boolean
  readonly onSettled: (ledger: Ledger, entry: Entry, batch: PackedBatch, outcomes: readonly Outcome[]) => void
  readonly onFailure: (error: unknown) => void
}

// Requests on their way at once, each of another journal: within one order is kept.
const MAX_SENDING = 3
// While something waits that may not be sent now, another look is taken so often.
const LOOK_MILLIS = 200
// So much is read from disk in a second at most: the rest of the machine is the application's.
const BYTES_PER_SECOND = 64 * 1024 * 1024
const BURST_BYTES = 4 * 1024 * 1024

// As Node made them: a test of the application may replace them.
const { setImmediate, setTimeout, clearTimeout } = globalThis

/** Sends what waits on disk, in its order, when nothing in memory waits. Throws nothing, and holds no process, but for a turn of its event loop. */
export class Replay {
  readonly #options: ReplayOptions
  #sending = 0
  #isScheduled = false
  #timer: NodeJS.Timeout | undefined
  #budget = BURST_BYTES
  #budgetAt = performance.now()

  constructor(options: ReplayOptions) {
    this.#options = options
  }

  /** Something may be there to be sent. */
  wake(): void {
    this.#schedule()?.unref()
  }

  #schedule(): NodeJS.Immediate | undefined {
    if (this.#isScheduled) return undefined
    this.#isScheduled = true
    clearTimeout(this.#timer)
    return setImmediate(() => {
      this.#isScheduled = false
      this.#pump()
    })
  }

  /** Reads at most a part of one request, so that a turn of the event loop stays short. */
  #pump(): void {
    const { ledgers, pool, isBusy, onFailure } = this.#options
    const now = performance.now()
    this.#budget = Math.min(BURST_BYTES, this.#budget + ((now - this.#budgetAt) / 1000) * BYTES_PER_SECOND)
    this.#budgetAt = now
    let isWaiting = false
    for (const ledger of ledgers()) {
      if (ledger.kind === 'refused' || !ledger.isWaiting) continue
      isWaiting = true
      if (this.#sending >= MAX_SENDING || this.#budget <= 0 || isBusy(ledger.signal)) continue
      try {
        const next = ledger.next(now, pool)
        if (next === undefined) continue
        if (next === 'unfinished') {
          // Held for the next turn, which comes in an idle process only when something else happens.
          this.#schedule()
          return
        }
        this.#send(ledger, next.entry, next.batch)
        this.wake()
        return
      } catch (error) {
        onFailure(error)
      }
    }
    if (isWaiting) {
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.wake(), LOOK_MILLIS).unref()
    }
  }

  #send(ledger: Ledger, entry: Entry, batch: PackedBatch): void {
    this.#sending++
    this.#budget -= recordBytesOf(batch)
    const { send, onSettled } = this.#options
    // At once, since there may be no other turn of the event loop.
    send(batch, (outcomes) => {
      this.#sending--
      onSettled(ledger, entry, batch, outcomes)
      this.wake()
    })
  }
}
