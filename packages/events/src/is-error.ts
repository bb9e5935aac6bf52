import { types } from 'node:util'

/**
 * Whether a value is an error, also one of another realm (`vm`, test runners), and also where asking throws: a proxy may
 * refuse to tell its prototype.
 */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || types.isNativeError(value)
  } catch {
    return false
  }
}
