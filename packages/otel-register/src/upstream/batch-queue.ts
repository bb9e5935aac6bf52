import type { BatchSettings } from './settings.ts'

/** What a queue does with its items. */
export interface BatchQueueOptions<Item> extends Pick<
  BatchSettings,
  'maxQueueSize' | 'maxExportBatchSize' | 'scheduledDelayMillis'
> {
  /** Sends one batch; settles when the batch is sent or given up, never rejects. Called again only after that. */
  readonly send: (batch: Item[]) => Promise<void>
  /** Told about each item that found the queue full. */
  readonly onOverflow: (item: Item) => void
}

/**
 * A bounded queue that sends its items in batches, one batch at a time: when a batch is full, when the delay is over
 * or when it is asked to drain. Nothing in it keeps the process alive.
 *
 * Upstream's batch processors do the same, but drop in silence and hold the process with a timer for as long as an
 * export takes.
 */
export class BatchQueue<Item> {
  readonly #options: BatchQueueOptions<Item>
  #waiting: Item[] = []
  #timer: NodeJS.Timeout | undefined
  #sending = false
  /** Items ever accepted, items ever done with, and the count up to which nobody wants to wait for a full batch. */
  #accepted = 0
  #finished = 0
  #urgent = 0
  #drains: { upTo: number; resolve: () => void }[] = []

  constructor(options: BatchQueueOptions<Item>) {
    this.#options = options
  }

  /** Whether everything ever accepted is sent or given up. */
  get isEmpty(): boolean {
    return this.#finished === this.#accepted
  }

  /** Items that wait, without those on their way. */
  get size(): number {
    return this.#waiting.length
  }

  /** Adds an item, or drops it if the queue is full. */
  push(item: Item): void {
    if (this.#waiting.length >= this.#options.maxQueueSize) {
      this.#options.onOverflow(item)
      return
    }
    this.#waiting.push(item)
    this.#accepted++
    this.#schedule()
  }

  /** Sends what is here without waiting for a full batch; resolves when all of it is sent or given up. */
  drain(): Promise<void> {
    const upTo = this.#accepted
    if (this.#finished >= upTo) return Promise.resolve()
    this.#urgent = upTo
    return new Promise((resolve) => {
      this.#drains.push({ upTo, resolve })
      this.#schedule()
    })
  }

  #schedule(): void {
    if (this.#sending || this.#waiting.length === 0) return
    const { maxExportBatchSize, scheduledDelayMillis } = this.#options
    if (this.#waiting.length >= maxExportBatchSize || this.#finished < this.#urgent) {
      void this.#sendBatch()
    } else {
      this.#timer ??= setTimeout(() => void this.#sendBatch(), scheduledDelayMillis).unref()
    }
  }

  async #sendBatch(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#sending) return
    this.#sending = true
    const size = Math.min(this.#waiting.length, this.#options.maxExportBatchSize)
    const batch = size === this.#waiting.length ? this.#waiting : this.#waiting.splice(0, size)
    if (batch === this.#waiting) this.#waiting = []
    await this.#options.send(batch)
    this.#sending = false
    this.#finished += size
    this.#drains = this.#drains.filter(({ upTo, resolve }) => {
      if (this.#finished < upTo) return true
      resolve()
      return false
    })
    this.#schedule()
  }
}
