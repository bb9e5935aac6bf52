/** Tells whether a value can have members: an object that is not null, or a function. */
export function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** A function of which nothing is known. */
export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/** Tells whether a value can be called. */
export function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function'
}
