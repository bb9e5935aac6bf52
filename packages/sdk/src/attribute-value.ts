import type { Attributes } from '@opentelemetry/api'

// More than a record may carry of one value; what lies beyond is not copied, since it is not sent either.
const MAX_MEMBERS = 4_097

/** Whether something can be told as a value: what cannot must not take the place of what was told before. */
export function isTellable(value: unknown): boolean {
  const type = typeof value
  return type !== 'undefined' && type !== 'function' && type !== 'symbol'
}

/**
 * Copies a value that its owner may still change: arrays and plain objects, whole.
 *
 * Anything else is returned as it is, and so is what cannot be read. Cycles stay cycles.
 */
export function snapshot(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  try {
    // Cut before it is looked at: a sparse array may claim any length.
    const members: unknown[] | undefined = Array.isArray(value) ? value.slice(0, MAX_MEMBERS) : undefined
    if (members?.every(isFlat) === true) return members
    return copyDeep(value, new Map(), { left: MAX_MEMBERS })
  } catch {
    return value
  }
}

/** Copies attributes that their owner may still change; `undefined` where there are none. */
export function snapshotAttributes(attributes: Attributes | undefined): Attributes | undefined {
  if (typeof attributes !== 'object' || attributes === null) return undefined
  const copy = Object.create(null) as Attributes // so that `__proto__` is a key like any other
  try {
    for (const key of Object.keys(attributes)) copy[key] = snapshot(attributes[key])
  } catch {
    // What was read before the getter or the Proxy that throws is told.
  }
  return copy
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Whether it is a text, a number or the like, as nearly all members of arrays are. */
function isFlat(member: unknown): boolean {
  return typeof member !== 'object' || member === null
}

function copyDeep(value: unknown, copies: Map<object, unknown>, room: { left: number }): unknown {
  if (typeof value !== 'object' || value === null || room.left <= 0) return value
  const isArray = Array.isArray(value)
  if (!isArray && !isPlain(value)) return value
  const known = copies.get(value)
  if (known !== undefined) return known
  const copy: unknown[] | Record<string, unknown> = isArray ? [] : Object.create(Object.getPrototypeOf(value) as null)
  copies.set(value, copy)
  if (isArray) {
    const length = Math.min(value.length, MAX_MEMBERS)
    for (let i = 0; i < length; i++, room.left--) (copy as unknown[]).push(copyDeep(value[i], copies, room))
    return copy
  }
  for (const key of Object.keys(value)) {
    if (room.left-- <= 0) break
    const member = copyDeep((value as Record<string, unknown>)[key], copies, room)
    // Assigning to `__proto__` would set the prototype.
    Object.defineProperty(copy, key, { value: member, enumerable: true, configurable: true, writable: true })
  }
  return copy
}
