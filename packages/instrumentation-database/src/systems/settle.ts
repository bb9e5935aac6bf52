import { isThenable } from '../method.ts'
import type { Operation } from '../operation.ts'

/**
 * Ends the operation when a promise settles, and returns one that settles alike.
 *
 * Only that one may be handed on: the original now has a handler, so its rejection could go unnoticed.
 */
export function settleWith(
  result: unknown,
  operation: Operation,
  succeed: (value: unknown) => void = () => operation.succeed(),
): unknown {
  if (!isThenable(result)) return result
  return result.then(
    (value) => {
      succeed(value)
      return value
    },
    (error: unknown) => {
      operation.fail(error)
      throw error
    },
  )
}
