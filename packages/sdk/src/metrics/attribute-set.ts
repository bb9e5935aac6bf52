/** Attributes of a measurement, read once. */
export interface AttributeSet {
  /** Equal for equal sets, whatever the order of their keys; 1 and '1' differ. */
  readonly key: string
  /** Keys in the order in which they were met. */
  readonly names: readonly string[]
  /** Their values: scalars, copies of what was nested, or undefined where there is none. */
  readonly values: readonly unknown[]
  /** Whether nothing but scalars was met, so that an equal set can be told by comparing its values. */
  readonly isScalar: boolean
}

const MAX_ATTRIBUTES = 128
// Two thousand series of this size are what an instrument can hold at most.
const MAX_KEY_CHARS = 16_384
const MAX_DEPTH = 8
const MAX_NESTED_VALUES = 1_024
const UNREADABLE = '[unreadable]'
const hasOwn = Object.prototype.hasOwnProperty

/**
 * Reads the attributes of a measurement, whatever they do when they are read.
 *
 * A value whose reading throws becomes a marker. Functions, symbols and the empty key are left out, as they are in OTLP.
 *
 * @param keep the keys to read; all by default.
 * @returns undefined for a set that is too large to keep (128 attributes, 16,384 characters, 1,024 nested values,
 * 8 levels) or does not tell its keys.
 */
export function readAttributeSet(attributes: object, keep?: ReadonlySet<string>): AttributeSet | undefined {
  const names: string[] = []
  const values: unknown[] = []
  let isScalar = true
  try {
    for (const name in attributes) {
      if (!hasOwn.call(attributes, name) || (keep !== undefined && !keep.has(name))) continue
      if (names.length === MAX_ATTRIBUTES) return undefined
      const value = readValue(attributes as Record<string, unknown>, name)
      isScalar &&= isScalarValue(value)
      names.push(name)
      values.push(value)
    }
    return keyOf(names, values, isScalar)
  } catch {
    return undefined
  }
}

function readValue(attributes: Record<string, unknown>, name: string): unknown {
  try {
    return attributes[name]
  } catch {
    return UNREADABLE
  }
}

function isScalarValue(value: unknown): boolean {
  const type = typeof value
  return type === 'string' || type === 'number' || type === 'boolean' || type === 'undefined' || type === 'bigint'
}

/** Replaces what is no scalar by its copy, and puts the key together. */
function keyOf(names: readonly string[], values: unknown[], isScalar: boolean): AttributeSet | undefined {
  const budget = { values: MAX_NESTED_VALUES }
  let key = ''
  for (const at of orderOf(names)) {
    const name = names[at] as string
    const [copy, valueKey] = copyAttribute(name === '' ? undefined : values[at], budget)
    values[at] = copy
    if (copy !== undefined) key += `${name.length}:${name}${valueKey}`
    if (key.length > MAX_KEY_CHARS) return undefined
  }
  return { key, names, values, isScalar }
}

/** Positions of names in the order of the names; there are few, and often they are sorted. */
function orderOf(names: readonly string[]): number[] {
  const order: number[] = []
  for (let i = 0; i < names.length; i++) {
    let at = i
    for (; at > 0 && (names[order[at - 1] as number] as string) > (names[i] as string); at--) {
      order[at] = order[at - 1] as number
    }
    order[at] = i
  }
  return order
}

type Copy = readonly [copy: unknown, key: string]

const NOTHING: Copy = [undefined, '']

function copyAttribute(value: unknown, budget: { values: number }): Copy {
  if (typeof value !== 'object' || value === null) return copyScalar(value)
  try {
    return copyNested(value, budget, 0)
  } catch (error) {
    if (error === TOO_LARGE) throw error
    return copyScalar(UNREADABLE)
  }
}

function copyScalar(value: unknown): Copy {
  if (typeof value === 'string') return [value, `s${value.length}:${value}`]
  if (typeof value === 'number') return [value, `n${value};`]
  if (typeof value === 'boolean') return [value, value ? 't' : 'f']
  if (typeof value === 'bigint') {
    // What fits is an integer in OTLP, as an equal number is; the digits of a huge one take long to make.
    return BigInt.asIntN(64, value) === value ? [value, `n${value};`] : copyScalar('[out of range]')
  }
  return value === null ? [null, 'z'] : NOTHING
}

const TOO_LARGE = new Error('the attributes are too large to keep')

function copyNested(value: object, budget: { values: number }, depth: number): Copy {
  if (depth === MAX_DEPTH) throw TOO_LARGE
  if (Array.isArray(value)) return copyArray(value, budget, depth)
  if (value instanceof Uint8Array) {
    spend(budget, Math.ceil(value.length / 16))
    return [Uint8Array.from(value), `b${Buffer.from(value).toString('base64')};`]
  }
  const { toJSON } = value as { toJSON?: unknown }
  if (typeof toJSON === 'function') return copyAny(toJSON.call(value, ''), budget, depth + 1)
  return copyMap(value as Record<string, unknown>, budget, depth)
}

function copyArray(array: readonly unknown[], budget: { values: number }, depth: number): Copy {
  spend(budget, array.length)
  const copies: unknown[] = []
  let key = `a${array.length}:`
  for (const item of array) {
    const [copy, itemKey] = copyAny(item, budget, depth + 1)
    copies.push(copy ?? null)
    key += copy === undefined ? 'z' : itemKey
  }
  return [copies, key]
}

function copyMap(map: Record<string, unknown>, budget: { values: number }, depth: number): Copy {
  const names = Object.keys(map).toSorted()
  spend(budget, names.length)
  // A key may be `__proto__`.
  const copies = Object.create(null) as Record<string, unknown>
  let key = ''
  let size = 0
  for (const name of names) {
    const [copy, valueKey] = copyAny(map[name], budget, depth + 1)
    if (copy === undefined) continue
    copies[name] = copy
    key += `${name.length}:${name}${valueKey}`
    size++
  }
  return [copies, `m${size}:${key}`]
}

function copyAny(value: unknown, budget: { values: number }, depth: number): Copy {
  return typeof value === 'object' && value !== null ? copyNested(value, budget, depth) : copyScalar(value)
}

function spend(budget: { values: number }, values: number): void {
  budget.values -= values
  if (budget.values < 0) throw TOO_LARGE
}
