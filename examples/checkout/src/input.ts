import { CheckoutError } from './checkout-error.ts'

/** The fields of a request's body or query, not yet trusted. */
export type Fields = Readonly<Record<string, unknown>>

/** An id of ours: a UUID in small letters. */
export const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
// Control characters but tab and line breaks; PostgreSQL refuses NUL in text.
// oxlint-disable-next-line eslint/no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/

/** Takes `value` as an object that has no other fields than `known`. */
export function readFields(value: unknown, known: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('body', 'must be a JSON object')
  }
  const unknown = Object.keys(value).find((name) => !known.includes(name))
  if (unknown !== undefined) throw new CheckoutError(400, 'invalid_input', `only ${known.join(', ')} can be given`)
  return { ...value }
}

/** Reads a text of `minimum` to `maximum` characters. */
export function readText(fields: Fields, name: string, minimum: number, maximum: number): string {
  const value = fields[name]
  if (typeof value !== 'string' || value.length < minimum || value.length > maximum || CONTROL.test(value)) {
    throw invalid(name, `must be a text of ${minimum} to ${maximum} printable characters`)
  }
  return value
}

/** Reads a text that matches `pattern`; `form` says in words what that is. */
export function readPattern(fields: Fields, name: string, pattern: RegExp, form: string): string {
  const value = fields[name]
  if (typeof value !== 'string' || !pattern.test(value)) throw invalid(name, `must be ${form}`)
  return value
}

/** Reads an integer from `minimum` to `maximum`. */
export function readInteger(fields: Fields, name: string, minimum: number, maximum: number): number {
  const value = fields[name]
  if (typeof value !== 'number' || !Number.isInteger(value) || value < minimum || value > maximum) {
    throw invalid(name, `must be an integer from ${minimum} to ${maximum}`)
  }
  return value
}

/** Reads `true` or `false`. */
export function readBoolean(fields: Fields, name: string): boolean {
  const value = fields[name]
  if (typeof value !== 'boolean') throw invalid(name, 'must be true or false')
  return value
}

/** Reads one of the words in `allowed`. */
export function readOneOf<T extends string>(fields: Fields, name: string, allowed: readonly T[]): T {
  const found = allowed.find((word) => word === fields[name])
  if (found === undefined) throw invalid(name, `must be one of ${allowed.join(', ')}`)
  return found
}

/** Gives `read()` when the field is there, else `undefined`. */
export function optional<T>(fields: Fields, name: string, read: () => T): T | undefined {
  return fields[name] === undefined ? undefined : read()
}

/** Tells whether `text` is an id of ours; anything else cannot exist. */
export function isId(text: unknown): text is string {
  return typeof text === 'string' && ID.test(text)
}

function invalid(name: string, rule: string): CheckoutError {
  return new CheckoutError(400, 'invalid_input', `${name} ${rule}`)
}
