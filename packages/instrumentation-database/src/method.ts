/** A method of a library, of which nothing is known but that it can be called. */
export type Method = (this: unknown, ...args: unknown[]) => unknown

/** Narrows to something that can be called. */
export function isMethod(value: unknown): value is Method {
  return typeof value === 'function'
}

/** Narrows to something with `then`. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && isMethod((value as { then?: unknown }).then)
}

/** Makes `replacement` look like `original` from outside: name, length and own properties. */
export function mimic(replacement: Method, original: Method): Method {
  for (const key of Reflect.ownKeys(original)) {
    if (/^(?:prototype|arguments|caller|__.*)$/.test(String(key))) continue // `__wrapped` is the patcher's own
    const descriptor = Object.getOwnPropertyDescriptor(original, key)
    if (descriptor !== undefined) Object.defineProperty(replacement, key, descriptor)
  }
  return replacement
}
