import { diag } from '@opentelemetry/api'
import { ATTR_PLUTUS_EVENT_INVALID, DURABLE_CLASSES, severityOf, WHO_DID_WHAT } from '@plutus/conventions'
import type { EventDefinition } from '@plutus/conventions'
import { createEventCheck } from './check-event.ts'
import type { EventCheck } from './check-event.ts'
import { cloneFields, dropUndefined } from './copy-fields.ts'
import { findSink, finishAttributes, send } from './emit.ts'
import { toException } from './exception.ts'
import { currentScope, fieldsOf } from './scope.ts'
import type { Fields } from './scope.ts'
import { countLoss } from './self-metrics.ts'
import { getSettings } from './settings.ts'
import { SEVERITY_NUMBER, thresholdOf } from './severity.ts'
import { createUlid } from './ulid.ts'

/** How one event differs from what its definition says. */
export interface EventOptions {
  /** Instrumentation scope; the name of the logger by default. */
  readonly scope?: string
  /** Error that the event tells, described as `exception.*`. */
  readonly error?: Error | undefined
  /** When it happened, in milliseconds since the Unix epoch. @defaultValue now */
  readonly timestamp?: number | undefined
  /** `log.record.uid`, where two processes may tell the same fact. */
  readonly uid?: string
}

/** Records one event of the catalogue. Never throws. */
export type EventRecorder = (fields?: Readonly<Fields>, options?: EventOptions) => void

// An audit event names who did what to what by itself; the fields of PCI DSS 10.2.2 say the same.
const SAID_BY: Readonly<Partial<Record<(typeof WHO_DID_WHAT)[number], string>>> = {
  'user.id': 'audit.actor.id',
  'event.outcome': 'audit.outcome',
  'resource.type': 'audit.target.type',
  'resource.id': 'audit.target.id',
}
const MAX_WARNINGS = 100
const warned = new Set<string>()

/**
 * Makes what records an event: fields that break its definition are recorded as they are, marked
 * `plutus.event.invalid`, counted, and told once in the diagnostics.
 *
 * An SDK gets every event; the console leaves out what is below `LOG_LEVEL` and not durable.
 */
export function createEventRecorder(event: EventDefinition): EventRecorder {
  const ownScope = `plutus.${event.logger}`
  const isDurable = DURABLE_CLASSES.some((dataClass) => dataClass === event.class)
  let check: EventCheck | undefined // made at the first record: a process records few of all events
  // The severity is known only with the attributes; an SDK that takes no `fatal` takes nothing.
  const question = { severityNumber: SEVERITY_NUMBER.fatal, eventName: event.name }
  return (fields, options) => {
    try {
      const logger = typeof options?.scope === 'string' ? options.scope : ownScope
      const sink = findSink(logger, question)
      if (sink === undefined) return
      const given = fields === undefined || fields === null ? {} : cloneFields(fields)
      check ??= createEventCheck(event)
      const unknown = check.unknown(given)
      const merged = mergeFields(given, options?.error)
      supplyFields(event, merged)
      const attributes = finishAttributes(merged, event.class, isDurable ? (options?.uid ?? createUlid()) : undefined)
      const wrong = check.wrong(attributes)
      if (unknown.length + wrong.length > 0) markInvalid(event, attributes, [...wrong, ...unknown])
      const severity = severityOf(event, attributes)
      const isPrinted = isDurable || SEVERITY_NUMBER[severity] >= thresholdOf(getSettings().level)
      const head = { logger, severity, eventName: event.name, timestamp: options?.timestamp }
      send(isPrinted ? sink : { ...sink, console: 'off' }, head, attributes)
    } catch {
      countLoss('failed')
    }
  }
}

/** Attributes of a record: context fields, then its error, then its own; the last wins. */
function mergeFields(given: Fields, error: Error | undefined): Fields {
  const context = fieldsOf(currentScope())
  if (context === undefined && error === undefined) return given
  return { ...context, ...(error === undefined ? undefined : toException(error)), ...dropUndefined(given) }
}

/** Writes what the event itself knows, and `unknown` where PCI DSS wants a field that nobody gave. */
function supplyFields(event: EventDefinition, attributes: Fields): void {
  if (event.outcome !== undefined) attributes['event.outcome'] ??= event.outcome
  if (event.owasp !== undefined) attributes['owasp.event'] ??= event.owasp
  if (event.class !== 'security' && event.class !== 'audit') return
  for (const field of WHO_DID_WHAT) attributes[field] ??= attributes[SAID_BY[field] ?? field] ?? 'unknown'
}

function markInvalid(event: EventDefinition, attributes: Fields, problems: readonly string[]): void {
  attributes[ATTR_PLUTUS_EVENT_INVALID] = true
  countLoss('invalid')
  const line = `Event ${event.name} is recorded with the mark ${ATTR_PLUTUS_EVENT_INVALID}: ${problems.join('; ')}.`
  if (warned.has(line) || warned.size >= MAX_WARNINGS) return
  warned.add(line)
  diag.warn(line)
}
