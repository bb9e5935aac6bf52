import type { Context } from '@opentelemetry/api'

/**
 * The context of one turn of a loop over messages, which is entered before the message is known.
 *
 * A loop waits for `next()` in a context of its own, which nothing can change afterwards; so it gets one that follows
 * `current`. What a turn starts keeps the context of that turn, also when the loop has gone on.
 */
export class IterationContext implements Context {
  current: Context

  constructor(base: Context) {
    this.current = base
  }

  getValue(key: symbol): unknown {
    return this.current.getValue(key)
  }

  setValue(key: symbol, value: unknown): Context {
    return this.current.setValue(key, value)
  }

  deleteValue(key: symbol): Context {
    return this.current.deleteValue(key)
  }
}
