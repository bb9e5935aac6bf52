import type { EventSeverity } from '../event-definition.ts'
import { findDefinition, findOutcome, findSeverity } from '../event-record.ts'
import type { EventOutcome, EventRecord } from '../event-record.ts'
import { BASE_EVENT, OCSF_CLASSES, OTHER } from './classes.ts'
import type { OcsfClass } from './classes.ts'
import { PARTS, serviceOf, textOf, withoutUndefined } from './parts.ts'
import type { OcsfObject } from './parts.ts'

/** An event of the Open Cybersecurity Schema Framework, version 1.8, ready for `JSON.stringify`. */
export interface OcsfEvent {
  readonly category_uid: number
  readonly class_uid: number
  readonly class_name: string
  readonly activity_id: number
  /** Caption of the activity; the event's own name where the class has no such activity. */
  readonly activity_name: string
  /** `class_uid * 100 + activity_id`. */
  readonly type_uid: number
  readonly severity_id: number
  readonly severity: string
  readonly status_id: number
  readonly status: string
  /** Milliseconds since the Unix epoch. */
  readonly time: number
  readonly message: string
  readonly metadata: OcsfObject
  readonly actor: OcsfObject
  /** Attributes that have no place in the class, under their own names. */
  readonly unmapped: OcsfObject
  /** What the class has beyond that, such as `user`, `src_endpoint`, `finding_info` or `http_request`. */
  readonly [name: string]: unknown
}

const OCSF_VERSION = '1.8.0'
const SEVERITIES: Readonly<Record<EventSeverity, readonly [id: number, caption: string]>> = {
  debug: [1, 'Informational'],
  info: [1, 'Informational'],
  warn: [3, 'Medium'],
  error: [4, 'High'],
  fatal: [6, 'Fatal'],
}
const STATUSES: Readonly<Record<EventOutcome, readonly [id: number, caption: string]>> = {
  unknown: [0, 'Unknown'],
  success: [1, 'Success'],
  failure: [2, 'Failure'],
}
// Attributes that every class has a place for.
const ALWAYS_MAPPED = ['user.id', 'correlation.id', 'log.record.uid', 'plutus.data.class']

/**
 * Writes a record of an event as OCSF has it: class and activity, severity, status, who, from where and on what.
 *
 * Attributes without a place in the class stand in `unmapped`. A record of an event that the catalogue does not have
 * becomes a base event. Nothing is masked: map what has been redacted.
 *
 * @example toOcsf({ eventName: 'auth.login.failure', timestamp: 0, attributes: {} }).type_uid // 300201
 */
export function toOcsf(record: EventRecord): OcsfEvent {
  const { eventName, attributes, resource, timestamp } = record
  const found = Object.hasOwn(OCSF_CLASSES, eventName) ? OCSF_CLASSES[eventName] : undefined
  const [ocsfClass, activity] = found ?? [BASE_EVENT, OTHER]
  const activityId = activity === 'method' ? activityOfMethod(ocsfClass, attributes['http.request.method']) : activity
  const [severityId, severity] = SEVERITIES[findSeverity(record)]
  const [statusId, status] = STATUSES[findOutcome(record)]
  const parts = ocsfClass.parts.map((name) => PARTS[name])
  const mapped = new Set<string>([...ALWAYS_MAPPED, ...parts.flatMap((part) => part.attributes)])
  return {
    category_uid: Math.floor(ocsfClass.uid / 1000),
    class_uid: ocsfClass.uid,
    class_name: ocsfClass.name,
    activity_id: activityId,
    activity_name: ocsfClass.activities[activityId] ?? eventName,
    type_uid: ocsfClass.uid * 100 + activityId,
    severity_id: severityId,
    severity,
    status_id: statusId,
    status,
    time: Math.trunc(timestamp),
    message: findDefinition(record)?.description ?? eventName,
    metadata: describeMetadata(record),
    actor: { user: { uid: textOf(attributes, 'user.id') }, app_name: serviceOf(resource) },
    ...(Object.assign({}, ...parts.map((part) => part.write(record))) as OcsfObject),
    unmapped: {
      ...Object.fromEntries(Object.entries(attributes).filter(([name]) => !mapped.has(name))),
      ...withoutUndefined({ trace_id: record.traceId, span_id: record.spanId }),
    },
  }
}

function activityOfMethod({ activities }: OcsfClass, method: unknown): number {
  const found = Object.entries(activities).find(([, caption]) => caption.toUpperCase() === method)
  return found === undefined ? OTHER : Number(found[0])
}

function describeMetadata({ eventName, attributes, resource }: EventRecord): OcsfObject {
  return withoutUndefined({
    version: OCSF_VERSION,
    product: withoutUndefined({ name: serviceOf(resource), version: resource?.['service.version'] }),
    event_code: eventName,
    log_provider: 'plutus',
    log_name: attributes['plutus.data.class'],
    uid: attributes['log.record.uid'],
    correlation_uid: attributes['correlation.id'],
  })
}
