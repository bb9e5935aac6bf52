/** What a member of the policy file may hold: read with positions, and told to editors as JSON Schema. */
export type Field = GroupField | NamedField | ListField | ScalarField

/** Members of a fixed set of names. */
export interface GroupField {
  readonly kind: 'group'
  readonly members: Readonly<Record<string, Member>>
}

/** A member: what it holds, what it is for, and its name in code where that has a unit. */
export interface Member {
  readonly field: Field
  /** One sentence, for editors and documents. */
  readonly about: string
  /** Name in code. @defaultValue the name in the file */
  readonly as?: string
}

/** Entries of names that the file chooses. */
export interface NamedField {
  readonly kind: 'named'
  readonly of: Field
  /** Whether `null` takes away an entry of the built-in policy. */
  readonly removable: boolean
}

/** A list; where `orOne`, one entry may stand alone. */
export interface ListField {
  readonly kind: 'list'
  readonly of: Field
  readonly orOne: boolean
}

/** One value, as the file writes it and as code holds it. */
export interface ScalarField {
  readonly kind: 'scalar'
  /** What the value has to be, worded to follow "must be". */
  readonly rule: string
  /** The same as JSON Schema. */
  readonly schema: Readonly<Record<string, unknown>>
  /** `undefined` if the value breaks the rule. */
  readonly read: (value: unknown) => unknown
}

/** Names that a file chooses: of metrics, alerts, profiles and attributes. Linear: each character can match in one way. */
export const NAME = /^[a-z][a-z0-9]*(?:[._][a-z0-9]+)*$/

export const group = (members: Readonly<Record<string, Member>>): GroupField => ({ kind: 'group', members })
export const named = (of: Field, { removable = false } = {}): NamedField => ({ kind: 'named', of, removable })
export const list = (of: Field, { orOne = false } = {}): ListField => ({ kind: 'list', of, orOne })

export const flag = (): ScalarField => ({
  kind: 'scalar',
  rule: 'true or false',
  schema: { type: 'boolean' },
  read: (value) => (typeof value === 'boolean' ? value : undefined),
})

export const oneOf = (...values: readonly (string | number)[]): ScalarField => ({
  kind: 'scalar',
  rule: values.length === 1 ? `${values[0]}` : `one of ${values.join(', ')}`,
  schema: { enum: values },
  read: (value) => values.find((one) => one === value),
})

export const integer = (minimum: number, maximum: number): ScalarField => ({
  kind: 'scalar',
  rule: `a whole number from ${minimum} to ${maximum}`,
  schema: { type: 'integer', minimum, maximum },
  read: (value) =>
    Number.isSafeInteger(value) && (value as number) >= minimum && (value as number) <= maximum ? value : undefined,
})

export const positive = (): ScalarField => ({
  kind: 'scalar',
  rule: 'a number above 0',
  schema: { type: 'number', exclusiveMinimum: 0 },
  read: (value) => (typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : undefined),
})

export const text = (rule: string, pattern: RegExp): ScalarField => ({
  kind: 'scalar',
  rule,
  schema: { type: 'string', pattern: pattern.source },
  read: (value) => (typeof value === 'string' && pattern.test(value) ? value : undefined),
})

/** What a metric's attribute may be compared with: numbers and booleans as the text that a label has. */
export const label = (): ScalarField => ({
  kind: 'scalar',
  rule: 'a text, a number or a boolean',
  schema: { type: ['string', 'number', 'boolean'] },
  read: (value) => (['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined),
})

export const share = (): ScalarField => ({
  kind: 'scalar',
  rule: 'a percentage such as 10%, up to 100%',
  schema: { type: 'string', pattern: SHARE.source },
  read: (value) => {
    const percent = typeof value === 'string' ? SHARE.exec(value)?.[1] : undefined
    return percent !== undefined && Number(percent) <= 100 ? Number(percent) / 100 : undefined
  },
})

/** A time in days, weeks or years; `none` is 0 where it is allowed. */
export const days = ({ orNone = false } = {}): ScalarField => ({
  kind: 'scalar',
  rule: `a time such as 14d, 8w or 7y${orNone ? ', or none' : ''}, up to 100y`,
  schema: orNone
    ? { anyOf: [{ const: 'none' }, { type: 'string', pattern: DAYS.source }] }
    : { type: 'string', pattern: DAYS.source },
  read: (value) => (orNone && value === 'none' ? 0 : within(readUnits(value, DAYS, DAYS_PER), 1, 36_500)),
})

export const duration = (maxMillis: number): ScalarField => ({
  kind: 'scalar',
  rule: `a time such as 500ms, 30s, 5m or 1h, up to ${maxMillis / 60_000}m`,
  schema: { type: 'string', pattern: DURATION.source },
  read: (value) => within(readUnits(value, DURATION, MILLIS_PER), 1, maxMillis),
})

/** As `duration`, held in seconds. */
export const seconds = (maxSeconds: number): ScalarField => ({
  ...duration(maxSeconds * 1000),
  rule: `a time in whole seconds such as 30s, 5m or 1h, up to ${maxSeconds / 60}m`,
  read: (value) => {
    const millis = within(readUnits(value, DURATION, MILLIS_PER), 1000, maxSeconds * 1000)
    return millis !== undefined && millis % 1000 === 0 ? millis / 1000 : undefined
  },
})

export const bytes = (minimum: number): ScalarField => ({
  kind: 'scalar',
  rule: `a size such as 500MB or 2GiB, at least ${minimum} bytes`,
  schema: { type: 'string', pattern: BYTES.source },
  read: (value) => within(readUnits(value, BYTES, BYTES_PER), minimum, 2 ** 50),
})

// Each is a number and a unit: linear.
const SHARE = /^(\d{1,3}(?:\.\d{1,6})?)%$/
const DAYS = /^(\d{1,6})(d|w|y)$/
const DURATION = /^(\d{1,9})(ms|s|m|h)$/
const BYTES = /^(\d{1,9})(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$/
const DAYS_PER = { d: 1, w: 7, y: 365 }
const MILLIS_PER = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
const BYTES_PER = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 }

function readUnits(value: unknown, pattern: RegExp, per: Readonly<Record<string, number>>): number | undefined {
  const match = typeof value === 'string' ? pattern.exec(value) : null
  return match === null ? undefined : Number(match[1]) * (per[match[2] as string] as number)
}

function within(value: number | undefined, minimum: number, maximum: number): number | undefined {
  return value !== undefined && value >= minimum && value <= maximum ? value : undefined
}
