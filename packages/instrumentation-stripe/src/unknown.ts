/** A function of which nothing is known. */
export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/** An object of which nothing is known. */
export type Unknown = Readonly<Record<PropertyKey, unknown>>

/** Tells whether a value can be called. */
export function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function'
}

/** Tells whether a value can have members: an object that is not null, or a function. */
export function isObject(value: unknown): value is Unknown {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** A member of a value, where it can have any. */
export function memberOf(value: unknown, key: PropertyKey): unknown {
  return isObject(value) ? value[key] : undefined
}

/** A member that is a text with something in it. */
export function textOf(value: unknown, key: PropertyKey): string | undefined {
  const member = memberOf(value, key)
  return typeof member === 'string' && member !== '' ? member : undefined
}

/** A member that is a finite number. */
export function numberOf(value: unknown, key: PropertyKey): number | undefined {
  const member = memberOf(value, key)
  return typeof member === 'number' && Number.isFinite(member) ? member : undefined
}

/** The id of an object that a member holds, or names: Stripe's objects hold either. */
export function idOf(value: unknown, key: PropertyKey): string | undefined {
  const member = memberOf(value, key)
  return typeof member === 'string' && member !== '' ? member : textOf(member, 'id')
}

/** Makes `replacement` look like `original` from outside: name, length and own properties. */
export function mimic(replacement: AnyFunction, original: AnyFunction): AnyFunction {
  for (const key of Reflect.ownKeys(original)) {
    if (/^(?:prototype|arguments|caller|__.*)$/.test(String(key))) continue
    const descriptor = Object.getOwnPropertyDescriptor(original, key)
    if (descriptor !== undefined) Object.defineProperty(replacement, key, descriptor)
  }
  return replacement
}
