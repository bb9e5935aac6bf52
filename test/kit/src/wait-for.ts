/** Options of a wait. */
export interface WaitOptions {
  /** Longest wait in milliseconds. @defaultValue 20,000 */
  readonly timeoutMillis?: number
  /** Says in the failure what is there instead. */
  readonly describe?: () => string
}

const INTERVAL_MILLIS = 10

/**
 * Resolves with the first truthy value that `probe` returns, asked now and every 10 ms.
 *
 * @throws {Error} after the time, naming the probe's source; what `probe` throws is thrown on at once.
 */
export async function waitFor<T>(
  probe: () => T,
  { timeoutMillis = 20_000, describe }: WaitOptions = {},
): Promise<Exclude<T, undefined | null | false | 0 | ''>> {
  const start = performance.now()
  for (;;) {
    const value = probe()
    if (value) return value as Exclude<T, undefined | null | false | 0 | ''>
    if (performance.now() - start > timeoutMillis) {
      const instead = describe ? `; ${describe()}` : ''
      throw new Error(`Waited ${timeoutMillis} ms for ${probe.toString().replace(/\s+/g, ' ')}${instead}`)
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MILLIS))
  }
}
