import { refuse } from './fault.ts'
import type { FormObject, FormValue } from './form.ts'

const MAX_METADATA_KEYS = 50

/** Reads an optional text; `undefined` when it is absent. */
export function readText(params: FormObject, name: string): string | undefined {
  const value = params[name]
  if (value === undefined) return undefined
  if (typeof value !== 'string') throw refuse('Invalid string: ' + shape(value), { param: name })
  return value
}

/** Reads an optional text that cannot be emptied. */
export function readWord(params: FormObject, name: string): string | undefined {
  const value = readText(params, name)
  if (value !== '') return value
  throw refuse(
    `You passed an empty string for '${name}'. We assume empty values are an attempt to unset a parameter; however '${name}' cannot be unset. You should remove '${name}' from your request or supply a non-empty value.`,
    { code: 'parameter_invalid_empty', param: name },
  )
}

/** Reads a text that the request must have. */
export function requireWord(params: FormObject, name: string): string {
  const value = readWord(params, name)
  if (value === undefined) throw missing(name)
  return value
}

/** Reads an optional integer from `minimum` up. */
export function readInteger(params: FormObject, name: string, minimum = 0): number | undefined {
  const text = readWord(params, name)
  if (text === undefined) return undefined
  const value = Number(text)
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw refuse(`Invalid integer: ${text}`, { code: 'parameter_invalid_integer', param: name })
  }
  if (value < minimum) {
    throw refuse(`This value must be greater than or equal to ${minimum}.`, {
      code: 'parameter_invalid_integer',
      param: name,
    })
  }
  return value
}

/** Reads an integer that the request must have. */
export function requireInteger(params: FormObject, name: string, minimum = 0): number {
  const value = readInteger(params, name, minimum)
  if (value === undefined) throw missing(name)
  return value
}

/** Reads an optional `true` or `false`. */
export function readBoolean(params: FormObject, name: string): boolean | undefined {
  const text = readWord(params, name)
  if (text === undefined) return undefined
  if (text === 'true') return true
  if (text === 'false') return false
  throw refuse(`Invalid boolean: ${text}`, { param: name })
}

/** Reads an optional word out of a fixed set. */
export function readOneOf<T extends string>(params: FormObject, name: string, allowed: readonly T[]): T | undefined {
  const text = readWord(params, name)
  if (text === undefined) return undefined
  const found = allowed.find((word) => word === text)
  if (found !== undefined) return found
  const list = allowed.length === 1 ? allowed[0] : `${allowed.slice(0, -1).join(', ')}, or ${allowed.at(-1)}`
  throw refuse(`Invalid ${name}: must be one of ${list}`, { param: name })
}

/** Reads an optional nested form. */
export function readObject(params: FormObject, name: string): FormObject | undefined {
  const value = params[name]
  if (value === undefined || value === '') return undefined
  if (typeof value === 'string') throw refuse('Invalid object', { param: name })
  // Keys 0, 1, 2 look like a list; only the reader knows that they name members.
  return isList(value) ? Object.fromEntries(value.entries()) : value
}

/** Reads an optional list of texts. */
export function readList(params: FormObject, name: string): readonly string[] | undefined {
  const value = params[name]
  if (value === undefined || value === '') return undefined
  if (typeof value === 'string' || !isList(value)) throw refuse('Invalid array', { param: name })
  return value.map((item, at) => {
    if (typeof item === 'string') return item
    throw refuse('Invalid string: ' + shape(item), { param: `${name}[${at}]` })
  })
}

/** Reads `metadata` over what is stored: an empty value removes its key, an empty `metadata` all. */
export function readMetadata(
  params: FormObject,
  stored: Readonly<Record<string, string>> = {},
): Record<string, string> {
  if (params['metadata'] === '') return {}
  const merged: Record<string, string> = { ...stored }
  for (const [key, value] of Object.entries(readObject(params, 'metadata') ?? {})) {
    const param = `metadata[${key}]`
    if (typeof value !== 'string') throw refuse('Metadata values must be strings.', { param })
    if (key.length > 40) throw refuse('Metadata keys can be at most 40 characters long.', { param })
    if (value.length > 500) throw refuse('Metadata values can have up to 500 characters.', { param })
    if (value === '') delete merged[key]
    else merged[key] = value
  }
  if (Object.keys(merged).length > MAX_METADATA_KEYS) {
    throw refuse(`You can store up to ${MAX_METADATA_KEYS} metadata keys on an object.`, { param: 'metadata' })
  }
  return merged
}

/** Refuses parameters that the operation does not know, as Stripe does. */
export function refuseUnknown(params: FormObject, known: readonly string[]): void {
  const unknown = Object.keys(params).find((name) => name !== 'expand' && !known.includes(name))
  if (unknown === undefined) return
  throw refuse(`Received unknown parameter: ${unknown}`, { code: 'parameter_unknown', param: unknown })
}

function missing(name: string): Error {
  return refuse(`Missing required param: ${name}.`, { code: 'parameter_missing', param: name })
}

function isList(value: FormValue): value is readonly FormValue[] {
  return Array.isArray(value)
}

function shape(value: FormValue): string {
  return isList(value) ? 'a list' : 'an object'
}
