import type { DataClass } from '../data-classes.ts'
import type {
  AttributeDefinition,
  EventDefinition,
  EventLogger,
  EventSeverity,
  SeverityByAttribute,
} from '../event-definition.ts'
import { ATTRIBUTES } from './attributes.ts'
import type { AttributeName } from './attributes.ts'

/** One event as the files beside this one write it down. */
export interface EventEntry {
  readonly name: string
  readonly method: string
  readonly description: string
  readonly severity: EventSeverity | SeverityByAttribute
  /** Attributes that every record has. */
  readonly required?: readonly AttributeName[]
  /** Attributes that a record may have. */
  readonly optional?: readonly AttributeName[]
  /** Values to which this event narrows an attribute. */
  readonly narrow?: Readonly<Partial<Record<AttributeName, readonly string[]>>>
  readonly open?: boolean
  readonly outcome?: 'success' | 'failure'
  readonly owasp?: string
  readonly pci?: readonly string[]
  /** Logger of the event where it is not that of its file. */
  readonly logger?: EventLogger
}

/** Fields that PCI DSS 10.2.2 asks of every security and audit event, beside its name and time. */
export const WHO_DID_WHAT = [
  'user.id',
  'event.outcome',
  'client.address',
  'resource.type',
  'resource.id',
] as const satisfies readonly AttributeName[]

/** Writes entries out as definitions of one class; `always` are attributes that all of them require. */
export function defineEvents(
  dataClass: DataClass,
  logger: EventLogger,
  always: readonly AttributeName[],
  entries: readonly EventEntry[],
): readonly EventDefinition[] {
  return entries.map(({ required, optional, narrow, ...entry }) => {
    let attributes: EventDefinition['attributes'] | undefined
    return {
      logger,
      ...entry,
      class: dataClass,
      // Written out when asked for: the catalogue is loaded by every process that starts, and most of it never read.
      get attributes() {
        attributes ??= defineAttributes(always, { required, optional, narrow, outcome: entry.outcome })
        return attributes
      },
    }
  })
}

type AttributeEntries = {
  readonly [Key in 'required' | 'optional' | 'narrow' | 'outcome']: EventEntry[Key] | undefined
}

function defineAttributes(
  always: readonly AttributeName[],
  { required = [], optional = [], narrow = {}, outcome }: AttributeEntries,
): EventDefinition['attributes'] {
  const attributes: Record<string, AttributeDefinition> = {}
  const add = (name: AttributeName, isRequired: boolean): void => {
    const values = narrow[name]
    attributes[name] ??= { ...ATTRIBUTES[name], ...(values === undefined ? {} : { values }), required: isRequired }
  }
  for (const name of [...always, ...required]) add(name, true)
  for (const name of optional) add(name, false)
  if (outcome !== undefined) add('event.outcome', false)
  return attributes
}

/** Severity by how it ended: `failure` from the outcome, else `otherwise`. */
export function byOutcome(otherwise: EventSeverity, failure: EventSeverity): SeverityByAttribute {
  return { attribute: 'event.outcome', steps: [{ values: ['failure'], severity: failure }], otherwise }
}
