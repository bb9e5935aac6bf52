import { CATALOGUE } from '@plutus/conventions'
import type { EventFields, EventLogger, EventMethods } from '@plutus/conventions'
import { createEventRecorder } from './event.ts'
import type { EventOptions, EventRecorder } from './event.ts'
import type { Fields } from './scope.ts'

// A literal with a fraction is no amount of minor units; a `number` may be one and is checked when it is recorded.
type Whole<T> = T extends number ? (`${T}` extends `${string}.${string}` | `${string}e-${string}` ? never : T) : T
type Checked<F, All> = {
  readonly [K in keyof F]: K extends keyof All
    ? K extends 'payment.amount' | 'payment.fee'
      ? Whole<F[K]>
      : F[K]
    : never
}

type Method<All> = 'payment.amount' extends keyof All
  ? <const F extends All>(fields: F & Checked<F, All>) => void
  : Partial<All> extends All
    ? (fields?: All) => void
    : (fields: All) => void

/** A logger with one method per event of the catalogue that names it. */
export type TypedLogger<L extends keyof EventMethods> = {
  readonly [M in keyof EventMethods[L]]: Method<EventFields[EventMethods[L][M] & keyof EventFields]>
}

// Made when they are asked for: a process records few of all events.
const recorders = new Map<string, EventRecorder>()

/** Makes the logger whose methods are the events that the catalogue gives it. */
export function createTypedLogger<L extends keyof EventMethods & EventLogger>(name: L): TypedLogger<L> {
  const methods: Record<string, (fields?: Readonly<Fields>) => void> = {}
  for (const event of CATALOGUE) {
    if (event.logger !== name) continue
    let record: EventRecorder | undefined
    methods[event.method] = (fields) => (record ??= findRecorder(event.name))?.(fields)
  }
  return Object.freeze(methods) as TypedLogger<L>
}

/**
 * Records an event of the catalogue by its name, as its method would; for code that makes events from data.
 *
 * A name that the catalogue does not have is recorded as `business.event` with the name as its type.
 */
export function recordEvent<Name extends keyof EventFields, const F extends EventFields[Name]>(
  name: Name,
  fields: F & Checked<F, EventFields[Name]>,
  options?: EventOptions,
): void {
  const record = findRecorder(name)
  if (record !== undefined) record(fields, options)
  else findRecorder('business.event')?.({ ...fields, 'business.event.type': name }, options)
}

/** What records an event of the catalogue; `undefined` for a name that this does not have. */
function findRecorder(name: string): EventRecorder | undefined {
  const known = recorders.get(name)
  if (known !== undefined) return known
  const event = CATALOGUE.find((each) => each.name === name)
  if (event === undefined) return undefined
  const made = createEventRecorder(event)
  recorders.set(name, made)
  return made
}
