import type { Attempt } from './transport.ts'

// Requests to the system that an attempt may have pending; connections and sockets themselves are unreferenced.
const REQUESTS = new Set(['ConnectWrap', 'TCPConnectWrap', 'WriteWrap', 'SimpleWriteWrap', 'ShutdownWrap', 'TLSWrap'])
// Listed as active even where they only wait for output and hold nothing.
const STDIO = new Set(['PipeWrap', 'TTYWrap'])
const POLL_MILLIS = 50
/** After this time an attempt that cannot even connect or write is hopeless, and standard streams count as nothing. */
const STALLED_MILLIS = 500

/**
 * Ends attempts that have become the only thing that keeps the process alive.
 *
 * A connection that a dead host never answers, or bytes that nobody reads, hold the event loop although the socket
 * is unreferenced. So while there are such attempts, a look at what else is active decides whether the application
 * is done; its process then ends as it would without them.
 */
export class ProcessHold {
  readonly #attempts = new Set<Attempt>()
  #timer: NodeJS.Timeout | undefined

  /** Watches an attempt until it is over. */
  watch(attempt: Attempt): void {
    this.#attempts.add(attempt)
    this.#timer ??= setInterval(() => this.#look(), POLL_MILLIS).unref()
    void attempt.answer.finally(() => this.#forget(attempt))
  }

  #forget(attempt: Attempt): void {
    this.#attempts.delete(attempt)
    if (this.#attempts.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #look(): void {
    const holding = [...this.#attempts].filter((attempt) => attempt.hold() !== 'nothing')
    if (holding.length === 0) return
    const requests = countRequests(holding.some(isStalled))
    // TLS writes through a stream of its own and so counts twice.
    if (requests === undefined || requests > holding.length * 2) return
    // Questions to name servers are not listed. Without them and without requests something else holds, unlisted too.
    if (requests === 0 && !holding.some((attempt) => attempt.hold() === 'lookup')) return
    for (const attempt of holding) attempt.abort(isStalled(attempt) ? 'timeout' : 'aborted')
  }
}

function isStalled(attempt: Attempt): boolean {
  return attempt.waitedMillis() >= STALLED_MILLIS
}

/** Number of requests to the system that are pending; `undefined` if anything else is active. */
function countRequests(ignoreStdio: boolean): number | undefined {
  let requests = 0
  for (const resource of process.getActiveResourcesInfo()) {
    if (REQUESTS.has(resource)) requests++
    else if (!(ignoreStdio && STDIO.has(resource))) return undefined
  }
  return requests
}
