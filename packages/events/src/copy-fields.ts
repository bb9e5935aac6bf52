import { toException } from './exception.ts'
import { isError } from './is-error.ts'
import { countLoss } from './self-metrics.ts'
import type { Fields } from './scope.ts'

// A record is not a document: what lies deeper or beyond is named as cut, and counted.
const MAX_DEPTH = 8
const MAX_ENTRIES = 1_000
const UNREADABLE = '[unreadable]'
const TOO_DEEP = '[too deep]'
const CUT = '[cut]'

/**
 * Copies an application's values into plain ones that any exporter can write, and leaves the originals alone.
 *
 * Texts, numbers, booleans, null and byte arrays stay; bigints become numbers or, beyond 2^53, texts; dates become
 * ISO 8601 texts; an object that has `toJSON` becomes what this gives, since what it hides is meant to stay hidden; maps
 * and other instances of classes become plain objects; functions and symbols become their names; what cannot be read
 * becomes `[unreadable]`. `undefined` is left out.
 */
export function copyFields(source: Readonly<Fields>): Fields {
  return makePlain(cloneFields(source))
}

/** Clones the object without looking at its values; what cannot be read becomes `[unreadable]`. */
export function cloneFields(source: Readonly<Fields>): Fields {
  if (typeof source !== 'object' || source === null) return { 'plutus.value': source } // no fields, but something to tell
  try {
    if (typeof source['toJSON'] === 'function') return cloneJson(source as unknown as HasJson)
    return { ...source }
  } catch {
    return copyOneByOne(source) // a getter or a proxy that throws
  }
}

/** An object that says by itself what may be told of it. */
interface HasJson {
  toJSON(key: string): unknown
}

function cloneJson(source: HasJson): Fields {
  let told: unknown
  try {
    told = source.toJSON('')
  } catch {
    told = lose(UNREADABLE)
  }
  return typeof told === 'object' && told !== null && !Array.isArray(told) ? { ...told } : { 'plutus.value': told }
}

/** Options as their owner gave them; those that cannot be read become `[unreadable]`, and `null` is none. */
export function readOptions<T extends object>(options: T | undefined): Partial<T> {
  try {
    return { ...options }
  } catch {
    return copyOneByOne(options as Fields) as Partial<T>
  }
}

/** Takes out what is `undefined`: it says nothing, and must not hide what the context says. Changes what it is given. */
export function dropUndefined(clone: Fields): Fields {
  for (const key in clone) if (clone[key] === undefined) delete clone[key]
  return clone
}

/**
 * Replaces the values of a clone by plain ones, in place where that is possible; an error under any key also becomes
 * `exception.*`. What comes back is the object to go on with.
 */
export function makePlain(clone: Fields): Fields {
  let count = 0
  for (const key in clone) {
    const value = clone[key]
    const type = typeof value
    if (++count > MAX_ENTRIES) return copyOneByOne(clone)
    if (type === 'string' || type === 'number' || type === 'boolean') continue
    if (value === undefined || isError(value)) return copyOneByOne(clone)
    clone[key] = copyValue(value, createBudget())
  }
  return clone
}

/** Reads each value by itself. */
function copyOneByOne(source: Readonly<Fields>): Fields {
  const target: Fields = {}
  const keys = listKeys(source)
  const count = Math.min(keys.length, MAX_ENTRIES)
  if (count < keys.length) lose(CUT)
  for (let i = 0; i < count; i++) {
    const key = keys[i] as string
    const value = readField(source, key)
    if (isError(value)) Object.assign(target, toException(value))
    else if (value !== undefined) setField(target, key, copyValue(value, createBudget()))
  }
  return target
}

interface Budget {
  readonly depth: number
  entries: number
}

const createBudget = (): Budget => ({ depth: 1, entries: MAX_ENTRIES })

function copyValue(value: unknown, budget: Budget): unknown {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'undefined':
      return value
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
    case 'symbol':
      return value.toString()
    case 'function':
      return `[function ${readName(value)}]`
    case 'object':
      return value === null ? null : copyObject(value, budget)
  }
}

function copyObject(value: object, budget: Budget): unknown {
  try {
    if (value instanceof Uint8Array) return value
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
    if (isError(value)) return toException(value)
    if (budget.depth >= MAX_DEPTH) return lose(TOO_DEEP)
    if (Array.isArray(value)) return copyArray(value, budget)
    if (ArrayBuffer.isView(value)) return copyArray(value as unknown as ArrayLike<unknown>, budget)
    if (value instanceof Map) return copyEntries(value, budget)
    if (value instanceof Set) return copyArray([...take(value, budget.entries)], budget)
    const { toJSON } = value as { readonly toJSON?: unknown }
    if (typeof toJSON === 'function') return copyJson(value as HasJson, budget)
    return copyEntries(listEntries(value), budget)
  } catch {
    return lose(UNREADABLE)
  }
}

function copyJson(value: HasJson, budget: Budget): unknown {
  const inner = deeper(budget)
  const copy = copyValue(value.toJSON(''), inner) ?? null
  budget.entries = inner.entries
  return copy
}

function copyArray(values: ArrayLike<unknown>, budget: Budget): unknown[] {
  const inner = deeper(budget)
  const copies: unknown[] = []
  for (let i = 0; i < values.length; i++) {
    if (inner.entries-- <= 0) {
      copies.push(lose(CUT))
      break
    }
    copies.push(copyValue(readField(values as unknown as Fields, String(i)), inner) ?? null)
  }
  budget.entries = inner.entries
  return copies
}

function copyEntries(entries: Iterable<readonly [unknown, unknown]>, budget: Budget): Fields {
  const inner = deeper(budget)
  const copies: Fields = {}
  for (const [key, value] of entries) {
    if (inner.entries-- <= 0) {
      setField(copies, CUT, lose(CUT))
      break
    }
    const copy = copyValue(value, inner)
    if (copy !== undefined) setField(copies, String(key), copy)
  }
  budget.entries = inner.entries
  return copies
}

const deeper = ({ depth, entries }: Budget): Budget => ({ depth: depth + 1, entries })

function* listEntries(value: object): Generator<readonly [string, unknown]> {
  for (const key of Object.keys(value)) yield [key, readField(value as Fields, key)]
}

function* take<T>(values: Iterable<T>, count: number): Generator<T> {
  let left = count
  for (const value of values) {
    if (left-- <= 0) return
    yield value
  }
}

function listKeys(source: object): readonly string[] {
  try {
    return Object.keys(source)
  } catch {
    lose(UNREADABLE)
    return []
  }
}

/** Value under a key; a getter or a proxy that throws gives a mark instead. */
function readField(source: Readonly<Fields>, key: string): unknown {
  try {
    return source[key]
  } catch {
    return lose(UNREADABLE)
  }
}

function readName(value: object): string {
  try {
    return String((value as { readonly name?: unknown }).name)
  } catch {
    return lose(UNREADABLE)
  }
}

/** Sets an own property whatever the key: assigned, `__proto__` would change the prototype. */
function setField(target: Fields, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  else target[key] = value
}

function lose(mark: typeof UNREADABLE | typeof TOO_DEEP | typeof CUT): string {
  countLoss(mark === UNREADABLE ? 'unreadable' : 'too_large')
  return mark
}
