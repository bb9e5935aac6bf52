import { types } from 'node:util'
import { quietly } from './quietly.ts'

/** How a measured function ended. */
export type Outcome =
  | { readonly seconds: number; readonly failed: false }
  | { readonly seconds: number; readonly failed: true; readonly thrown: unknown }

/**
 * Calls `fn`, tells `done` once how long it took and how it ended, and gives the caller the value or error of `fn`.
 * What `done` throws is counted and reaches nobody.
 *
 * A promise, also one of another realm, counts until it settles; the caller gets one that settles alike, so that a
 * rejection nobody handles is still reported by Node, with what the first one has beside: lists of Stripe are promises with
 * methods for their pages. Other thenables, such as query builders, are not touched: to
 * await one starts its work, and to do so twice would do it twice.
 */
export function measure<T>(fn: () => T, done: (outcome: Outcome) => void): T {
  const start = performance.now()
  const elapsed = (): number => (performance.now() - start) / 1000
  const succeed = (): void => quietly(() => done({ seconds: elapsed(), failed: false }))
  const fail = (thrown: unknown): void => quietly(() => done({ seconds: elapsed(), failed: true, thrown }))
  let result: T
  try {
    result = fn()
  } catch (thrown) {
    fail(thrown)
    throw thrown
  }
  if (!types.isPromise(result)) {
    succeed()
    return result
  }
  const settled = result.then(
    (value: unknown) => {
      succeed()
      return value
    },
    (thrown: unknown) => {
      fail(thrown)
      throw thrown
    },
  )
  // By name only: under symbols Node itself keeps what belongs to one promise.
  quietly(() => {
    for (const name of Object.getOwnPropertyNames(result)) {
      if (name in settled) continue
      Reflect.defineProperty(settled, name, Object.getOwnPropertyDescriptor(result, name) as PropertyDescriptor)
    }
  })
  return settled as T
}
