// So much more is tried after a request that was as large as what is known to be taken.
const GROWTH = 1 / 64
const MIN_GROWTH_BYTES = 256

/**
 * Learns how large a request an endpoint takes, so that what is too large need not be sent to be refused. What it has
 * learned it doubts by and by: about one request in fifty is larger than the last one that was refused.
 */
export class RequestSize {
  #mostBytes = Infinity

  /** Bytes of records of which more are not sent in one request, if they can be divided. */
  get mostBytes(): number {
    return this.#mostBytes
  }

  /** Some records were taken in one request. */
  taken(bytes: number): void {
    if (bytes * 2 <= this.#mostBytes) return // this tells nothing new
    this.#mostBytes = Math.max(this.#mostBytes, bytes) + Math.max(bytes * GROWTH, MIN_GROWTH_BYTES)
  }

  /** More than one record was refused for the size of the request. */
  refused(bytes: number): void {
    this.#mostBytes = Math.min(this.#mostBytes, bytes / 2)
  }
}
