// Longest time between two looks at the event loop.
const SLICE_MILLIS = 50

/**
 * Waits for as long as somebody else has to act. Only time during which this thread's event loop turns counts: while it
 * stands still, or the whole process does, an answer may lie unread, and that is nobody's silence but our own.
 *
 * It does not keep the process alive.
 */
export class Deadline {
  readonly #millis: number
  readonly #onOver: () => void
  #waited = 0
  #slice = 0
  #since = 0
  #timer: NodeJS.Timeout | undefined
  #lastLook: NodeJS.Immediate | undefined

  /** @param onOver is called once, unless `cancel` is before. */
  constructor(millis: number, onOver: () => void) {
    this.#millis = millis
    this.#onOver = onOver
    this.#wait()
  }

  /** Milliseconds that have counted up to now. */
  get waitedMillis(): number {
    return this.#waited + Math.min(performance.now() - this.#since, this.#slice)
  }

  /** Ends the wait. */
  cancel(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#lastLook)
  }

  #wait(): void {
    this.#since = performance.now()
    this.#slice = Math.min(SLICE_MILLIS, this.#millis - this.#waited)
    this.#timer = setTimeout(() => this.#turn(), this.#slice).unref()
  }

  #turn(): void {
    this.#waited += this.#slice
    this.#slice = 0
    if (this.#waited < this.#millis) this.#wait()
    // Timers come before input and output in a turn of the loop: what has come meanwhile is to be read first.
    else this.#lastLook = setImmediate(this.#onOver).unref()
  }
}
