/** What an error says of itself. */
export interface ReadError {
  readonly name: string
  readonly message?: string
  readonly stack?: string
  /** Value for `error.type`: its code or name if it is one of Node or of a class, else `_OTHER`. */
  readonly code: string
}

// Node's codes of network errors, and names of error classes.
const ERROR_TYPE = /^\w{1,64}$/

/**
 * Whether a call ended since its caller gave it up, by an abort signal: to the conventions that is no error. A signal that
 * a time-out has fired is one.
 */
export function isCancelled(error: unknown): boolean {
  try {
    const { name, cause } = error as { readonly name?: unknown; readonly cause?: { readonly name?: unknown } | null }
    return name === 'AbortError' && cause?.name !== 'TimeoutError'
  } catch {
    return false
  }
}

/**
 * Reads with what a call failed. That may be anything, as what an application aborts it with, and reading it throws
 * nothing. Codes that are numbers, as on the web platform, say nothing and are left out.
 */
export function readError(error: unknown): ReadError {
  const read = (key: string): string | undefined => {
    try {
      const value: unknown = (error as Readonly<Record<string, unknown>> | null | undefined)?.[key]
      return typeof value === 'string' ? value : undefined
    } catch {
      return undefined
    }
  }
  const name = read('name')
  const message = typeof error === 'string' ? error : read('message')
  const stack = read('stack')
  return {
    name: name ?? '_OTHER',
    code: [read('code'), name].find((text) => text !== undefined && ERROR_TYPE.test(text)) ?? '_OTHER',
    ...(message !== undefined && { message }),
    ...(stack !== undefined && { stack }),
  }
}
