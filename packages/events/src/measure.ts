/** How a measured function ended. */
export type Outcome =
  | { readonly seconds: number; readonly failed: false }
  | { readonly seconds: number; readonly failed: true; readonly thrown: unknown }

/**
 * Calls `fn`, tells `done` once how long it took and how it ended, and gives the caller the value or error of `fn`.
 *
 * A promise counts until it settles; the caller gets one that settles alike, so that a rejection nobody handles is
 * still reported by Node. Other thenables are not touched.
 */
export function measure<T>(fn: () => T, done: (outcome: Outcome) => void): T {
  const start = performance.now()
  const elapsed = (): number => (performance.now() - start) / 1000
  let result: T
  try {
    result = fn()
  } catch (thrown) {
    done({ seconds: elapsed(), failed: true, thrown })
    throw thrown
  }
  if (!(result instanceof Promise)) {
    done({ seconds: elapsed(), failed: false })
    return result
  }
  return result.then(
    (value: unknown) => {
      done({ seconds: elapsed(), failed: false })
      return value
    },
    (thrown: unknown) => {
      done({ seconds: elapsed(), failed: true, thrown })
      throw thrown
    },
  ) as T
}
