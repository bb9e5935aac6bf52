import { quietly } from '../quietly.ts'
import { UNREAD_MILLIS } from './client-call.ts'
import type { ClientCall } from './client-call.ts'
import { ShortList } from './short-list.ts'

/**
 * Ends the calls whose answers nobody reads. One timer for all, and none while there are none; it keeps nothing alive.
 *
 * A call that ends by itself has to be forgotten at once: with its request, its answer and its context it would outlive
 * two collections of young objects, and collecting old ones costs several times as much.
 */
export class UnreadAnswers {
  readonly #answered = new ShortList<ClientCall>()
  #sweep: NodeJS.Timeout | undefined

  /** Watches a call whose answer has begun. */
  watch(call: ClientCall): void {
    this.#answered.add(call)
    this.#sweep ??= setInterval(() => {
      const now = performance.now()
      for (const open of this.#answered.copy())
        quietly(() => void (open.endIfUnread(now) && this.#answered.delete(open)))
      if (this.#answered.size > 0) return
      clearInterval(this.#sweep)
      this.#sweep = undefined
    }, UNREAD_MILLIS).unref()
  }

  /** Lets go of a call that is over. */
  forget(call: ClientCall): void {
    this.#answered.delete(call)
  }
}
