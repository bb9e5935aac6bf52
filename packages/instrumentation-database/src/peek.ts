/**
 * Reads a property without running a getter: the library is to be the only one that runs the application's code.
 * `undefined` if there is none, or if it is a getter.
 */
export function peek(target: unknown, key: PropertyKey): unknown {
  if (target === null || (typeof target !== 'object' && typeof target !== 'function')) return undefined
  try {
    for (let object: object | null = target; object !== null; object = Object.getPrototypeOf(object) as object | null) {
      const descriptor = Object.getOwnPropertyDescriptor(object, key)
      if (descriptor !== undefined) return descriptor.value
    }
  } catch {
    // a proxy that refuses
  }
  return undefined
}

/** A string that {@link peek} finds, else `undefined`. */
export function peekString(target: unknown, key: PropertyKey): string | undefined {
  const value = peek(target, key)
  return typeof value === 'string' ? value : undefined
}

/** A non-empty string, or `undefined`. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A port as a number, or `undefined`. */
export function port(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) && number > 0 ? number : undefined
}
