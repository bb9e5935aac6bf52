import { isCurrency, isMinorUnits } from '@plutus/conventions'
import type { AttributeDefinition, EventDefinition } from '@plutus/conventions'
import type { Fields } from './scope.ts'

/** Says how an event breaks its definition: each problem names the field and the rule, never the value. */
export interface EventCheck {
  /** Fields of the caller that the event does not have; context fields may be anything and are not for this. */
  unknown(given: Readonly<Fields>): readonly string[]
  /** Fields of the record that are missing or of another type. */
  wrong(attributes: Readonly<Fields>): readonly string[]
}

const MAX_UNKNOWN = 5
const NO_PROBLEMS: readonly string[] = []

/** Makes the check of an event. */
export function createEventCheck(event: EventDefinition): EventCheck {
  const known = new Set(Object.keys(event.attributes))
  const rules = Object.entries(event.attributes).map(([name, definition]) => ({
    name,
    required: definition.required,
    fits: createTypeCheck(definition),
    expected: definition.rule ?? definition.type,
  }))
  return {
    unknown: (given) => {
      if (event.open === true) return NO_PROBLEMS
      let problems: string[] | undefined
      for (const name in given) {
        if (known.has(name) || given[name] === undefined) continue
        problems ??= []
        if (problems.push(`${printable(name)} is not a field of this event`) >= MAX_UNKNOWN) break
      }
      return problems ?? NO_PROBLEMS
    },
    wrong: (attributes) => {
      let problems: string[] | undefined
      for (const { name, required, fits, expected } of rules) {
        const value = attributes[name]
        if (value === undefined ? !required : fits(value)) continue
        problems ??= []
        problems.push(value === undefined ? `${name} is missing` : `${name} must be ${expected}`)
      }
      return problems ?? NO_PROBLEMS
    },
  }
}

function createTypeCheck({ type, values }: AttributeDefinition): (value: unknown) => boolean {
  switch (type) {
    case 'string': {
      const allowed = values === undefined ? undefined : new Set<unknown>(values)
      return allowed === undefined ? (value) => typeof value === 'string' : (value) => allowed.has(value)
    }
    case 'integer':
      return Number.isSafeInteger
    case 'minor-units':
      return isMinorUnits
    case 'currency':
      return isCurrency
    case 'number':
      return Number.isFinite
    case 'fraction':
      return (value) => typeof value === 'number' && value >= 0 && value <= 1
    case 'boolean':
      return (value) => typeof value === 'boolean'
    case 'string[]':
      return (value) => Array.isArray(value) && value.every((item) => typeof item === 'string')
    case 'any':
      return () => true
  }
}

/** A field's name for a message: names are input too. */
function printable(name: string): string {
  return name.replace(/[^\w.-]/g, '?').slice(0, 64)
}
