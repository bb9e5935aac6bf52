import { CATALOGUE } from './catalogue/catalogue.ts'
import type { EventDefinition, EventSeverity } from './event-definition.ts'
import { severityOf } from './event-definition.ts'

/** A record of an event as a plain object, in the words of OpenTelemetry's log data model. */
export interface EventRecord {
  readonly eventName: string
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number
  /** Short name of the severity, such as `WARN`; by default what the catalogue says for these attributes. */
  readonly severityText?: string | undefined
  readonly attributes: Readonly<Record<string, unknown>>
  /** Attributes of the resource, such as `service.name`. */
  readonly resource?: Readonly<Record<string, unknown>> | undefined
  readonly traceId?: string | undefined
  readonly spanId?: string | undefined
}

/** How an event ended, in the words that OpenTelemetry, OCSF and ECS share. */
export type EventOutcome = 'success' | 'failure' | 'unknown'

const byName: ReadonlyMap<string, EventDefinition> = new Map(CATALOGUE.map((event) => [event.name, event]))
const SEVERITIES: ReadonlySet<string> = new Set<EventSeverity>(['debug', 'info', 'warn', 'error', 'fatal'])
// Words of payment providers; those not listed have not come to an end.
const PAID = new Set<unknown>(['succeeded', 'paid', 'won'])
const NOT_PAID = new Set<unknown>(['failed', 'declined', 'refused', 'rejected', 'denied', 'error', 'lost'])

/** Definition of a record's event; `undefined` for a name that the catalogue does not have. */
export function findDefinition({ eventName }: Pick<EventRecord, 'eventName'>): EventDefinition | undefined {
  return byName.get(eventName)
}

/** Severity of a record: what it says, else what the catalogue says of its event, else `info`. */
export function findSeverity(record: EventRecord): EventSeverity {
  const said = record.severityText?.toLowerCase()
  if (said !== undefined && SEVERITIES.has(said)) return said as EventSeverity
  const definition = findDefinition(record)
  return definition === undefined ? 'info' : severityOf(definition, record.attributes)
}

/** How a record's event ended: what it says, else what its event, its payment, its response or its error tell. */
export function findOutcome(record: EventRecord): EventOutcome {
  const { attributes } = record
  for (const said of [attributes['event.outcome'], attributes['audit.outcome'], findDefinition(record)?.outcome]) {
    if (said === 'success' || said === 'failure') return said
  }
  if (PAID.has(attributes['payment.status'])) return 'success'
  if (NOT_PAID.has(attributes['payment.status']) || attributes['error.type'] !== undefined) return 'failure'
  const status = attributes['http.response.status_code']
  if (typeof status === 'number') return status < 400 ? 'success' : 'failure'
  return 'unknown'
}
