import { isIP } from 'node:net'
import { findDefinition, findOutcome, findSeverity } from '../event-record.ts'
import type { EventOutcome, EventRecord } from '../event-record.ts'
import { ECS_KINDS, FRAUD_TYPES, UNKNOWN_EVENT } from './kinds.ts'
import type { EcsKind } from './kinds.ts'

/** A document of the Elastic Common Schema, version 9, ready for `JSON.stringify`. */
export interface EcsDocument {
  /** ISO 8601. */
  readonly '@timestamp': string
  readonly ecs: { readonly version: string }
  readonly event: {
    readonly kind: EcsKind
    readonly category: readonly string[]
    readonly type: readonly string[]
    readonly outcome: EventOutcome
    /** Name of the event. */
    readonly action: string
    /** Nanoseconds. */
    readonly duration?: number
    readonly [name: string]: unknown
  }
  /** Attributes that have no field in ECS, under their own names. */
  readonly attributes: Readonly<Record<string, unknown>>
  /** Field sets such as `user`, `source`, `rule`, `http`, `service` and `trace`. */
  readonly [fieldSet: string]: unknown
}

const ECS_VERSION = '9.0.0'
const NANOSECONDS = 1e9

// Field of ECS by attribute, where the value goes over as it is.
const FIELDS: Readonly<Record<string, string>> = {
  'event.outcome': 'event.outcome',
  'log.record.uid': 'event.id',
  'plutus.data.class': 'event.dataset',
  'fraud.risk_score': 'event.risk_score',
  'risk.score': 'event.risk_score',
  'auth.failure.reason': 'event.reason',
  'fraud.reason': 'event.reason',
  'audit.reason': 'event.reason',
  'user.id': 'user.id',
  'user.hash': 'user.hash',
  'user.roles': 'user.roles',
  'client.address': 'source.address',
  'geo.continent.code': 'source.geo.continent_code',
  'geo.country.iso_code': 'source.geo.country_iso_code',
  'geo.region.iso_code': 'source.geo.region_iso_code',
  'geo.locality.name': 'source.geo.city_name',
  'geo.postal_code': 'source.geo.postal_code',
  'security_rule.name': 'rule.name',
  'security_rule.category': 'rule.category',
  'user_agent.original': 'user_agent.original',
  'user_agent.name': 'user_agent.name',
  'device.id': 'device.id',
  'http.request.method': 'http.request.method',
  'http.response.status_code': 'http.response.status_code',
  'http.request.body.size': 'http.request.body.bytes',
  'http.response.body.size': 'http.response.body.bytes',
  'http.referrer': 'http.request.referrer',
  'url.path': 'url.path',
  'error.code': 'error.code',
  'exception.type': 'error.type',
  'exception.message': 'error.message',
  'exception.stacktrace': 'error.stack_trace',
}
const RESOURCE_FIELDS: Readonly<Record<string, string>> = {
  'service.name': 'service.name',
  'service.version': 'service.version',
  'deployment.environment.name': 'service.environment',
  'service.instance.id': 'service.node.name',
  'host.name': 'host.name',
}

/**
 * Writes a record of an event as the Elastic Common Schema has it: `event.*`, who, from where, by which rule.
 *
 * Attributes without a field stay under `attributes`. Nothing is masked: map what has been redacted.
 *
 * @throws {RangeError} if `timestamp` is no time that a `Date` can have.
 * @example toEcs({ eventName: 'auth.logout', timestamp: 0, attributes: {} }).event.outcome // 'success'
 */
export function toEcs(record: EventRecord): EcsDocument {
  const { eventName, attributes, resource = {}, timestamp } = record
  const found = Object.hasOwn(ECS_KINDS, eventName) ? ECS_KINDS[eventName] : undefined
  const [kind, category, type] = found ?? UNKNOWN_EVENT
  const document: Record<string, unknown> = {}
  const rest: [string, unknown][] = []
  for (const [name, value] of Object.entries(attributes)) {
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined
    if (field === undefined) rest.push([name, value])
    else setField(document, field, value)
  }
  for (const [name, field] of Object.entries(RESOURCE_FIELDS)) {
    if (resource[name] !== undefined) setField(document, field, resource[name])
  }
  const address = attributes['client.address']
  if (typeof address === 'string' && isIP(address) !== 0) setField(document, 'source.ip', address)
  if (attributes['error.type'] !== undefined) setField(document, 'error.type', attributes['error.type'])
  if (record.traceId !== undefined) setField(document, 'trace.id', record.traceId)
  if (record.spanId !== undefined) setField(document, 'span.id', record.spanId)
  return {
    ...document,
    '@timestamp': new Date(timestamp).toISOString(),
    ecs: { version: ECS_VERSION },
    message: findDefinition(record)?.description ?? eventName,
    log: { level: findSeverity(record) },
    event: {
      ...(document['event'] as object | undefined),
      ...durationOf(attributes),
      kind,
      category,
      type: eventName === 'fraud.detection' ? (FRAUD_TYPES.get(attributes['fraud.action']) ?? type) : type,
      outcome: findOutcome(record),
      action: eventName,
      provider: 'plutus',
    },
    attributes: Object.fromEntries(rest),
  }
}

/** The one duration that an event of the catalogue has, whatever its domain. */
function durationOf(attributes: EventRecord['attributes']): { duration?: number } {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.endsWith('.duration') && name !== 'auth.lock.duration' && typeof value === 'number') {
      return { duration: Math.round(value * NANOSECONDS) }
    }
  }
  return {}
}

/** Sets a field by its dotted path; the paths are those of the tables above. */
function setField(document: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split('.')
  let target = document
  for (const name of names.slice(0, -1)) target = (target[name] ??= {}) as Record<string, unknown>
  target[names.at(-1) as string] = value
}
