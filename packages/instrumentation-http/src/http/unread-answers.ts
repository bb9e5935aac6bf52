import { quietly } from '../quietly.ts'
import { UNREAD_MILLIS } from './client-call.ts'
import type { ClientCall } from './client-call.ts'

/** Ends the calls whose answers nobody reads. One timer for all, and none while there are none; it keeps nothing alive. */
export class UnreadAnswers {
  readonly #answered = new Set<ClientCall>()
  #sweep: NodeJS.Timeout | undefined

  /** Watches a call whose answer has begun. */
  watch(call: ClientCall): void {
    this.#answered.add(call)
    this.#sweep ??= setInterval(() => {
      const now = performance.now()
      for (const open of this.#answered) quietly(() => void (open.endIfUnread(now) && this.#answered.delete(open)))
      if (this.#answered.size > 0) return
      clearInterval(this.#sweep)
      this.#sweep = undefined
    }, UNREAD_MILLIS).unref()
  }
}
