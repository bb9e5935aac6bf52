import { isIP } from 'node:net'
import { findDefinition, findSeverity } from '../event-record.ts'
import type { EventRecord } from '../event-record.ts'

/** A JSON object of OCSF. */
export type OcsfObject = Readonly<Record<string, unknown>>

/** What some classes of OCSF have and others have not. */
interface Part {
  /** Attributes that stand in the part, and so not in `unmapped`. */
  readonly attributes: readonly string[]
  readonly write: (record: EventRecord) => OcsfObject
}

const UNKNOWN = 'unknown'
// In findings, a status tells how far somebody has come with them, not how an action ended.
const NEW_FINDING = { status_id: 1, status: 'New' }
const RULE_ANALYTIC = 1
const UNKNOWN_TYPE = 0
const HTTP_ATTRIBUTES = [
  'http.request.method',
  'http.response.status_code',
  'url.path',
  'http.referrer',
  'user_agent.original',
]

/** Every part by its name. What a class requires and nobody knows is `unknown`. */
export const PARTS = {
  sourceEndpoint: { attributes: ['client.address'], write: (record) => ({ src_endpoint: describeSource(record) }) },
  http: { attributes: HTTP_ATTRIBUTES, write: describeHttp },
  httpRequired: { attributes: HTTP_ATTRIBUTES, write: (record) => ({ http_request: {}, ...describeHttp(record) }) },
  resources: {
    attributes: ['resource.type', 'resource.id'],
    write: ({ attributes }) =>
      'resource.id' in attributes || 'resource.type' in attributes
        ? { resources: [{ uid: textOf(attributes, 'resource.id'), type: textOf(attributes, 'resource.type') }] }
        : {},
  },
  user: {
    attributes: [],
    // The user whose account it is: the one acted on where the record says so, else the one who acts.
    write: ({ attributes }) => ({
      user: { uid: textOf(attributes, attributes['resource.type'] === 'user' ? 'resource.id' : 'user.id') },
    }),
  },
  session: {
    attributes: ['session.id'],
    write: ({ attributes }) => ('session.id' in attributes ? { session: { uid: attributes['session.id'] } } : {}),
  },
  service: { attributes: [], write: ({ resource }) => ({ service: { name: serviceOf(resource) } }) },
  application: { attributes: [], write: ({ resource }) => ({ app: { name: serviceOf(resource) } }) },
  entity: {
    attributes: ['resource.type', 'resource.id'],
    write: ({ attributes }) => ({
      entity: { uid: textOf(attributes, 'resource.id'), type: textOf(attributes, 'resource.type') },
    }),
  },
  api: {
    attributes: ['authz.action', 'audit.action', 'http.route', 'service.peer.name'],
    write: ({ eventName, attributes, resource }) => ({
      api: {
        operation: attributes['authz.action'] ?? attributes['audit.action'] ?? attributes['http.route'] ?? eventName,
        service: { name: attributes['service.peer.name'] ?? serviceOf(resource) },
      },
    }),
  },
  database: {
    attributes: ['db.namespace'],
    write: ({ attributes }) => ({
      database: { name: attributes['db.namespace'] ?? textOf(attributes, 'db.system.name'), type_id: UNKNOWN_TYPE },
    }),
  },
  job: {
    attributes: ['job.name'],
    write: ({ attributes, resource }) => ({
      job: { name: textOf(attributes, 'job.name') },
      device: { hostname: resource?.['host.name'] ?? UNKNOWN, type_id: UNKNOWN_TYPE },
    }),
  },
  eventLog: { attributes: [], write: ({ attributes }) => ({ log_name: textOf(attributes, 'plutus.data.class') }) },
  finding: {
    attributes: ['security_rule.name', 'security_rule.category'],
    write: (record) => ({
      ...NEW_FINDING,
      finding_info: describeFinding(record),
      is_alert: !['debug', 'info'].includes(findSeverity(record)),
      ...riskScore(record),
    }),
  },
  evidences: {
    attributes: ['client.address', ...HTTP_ATTRIBUTES],
    write: (record) => ({ evidences: [{ src_endpoint: describeSource(record), ...describeHttp(record) }] }),
  },
  incident: {
    attributes: ['incident.id'],
    write: (record) => ({
      finding_info_list: [describeFinding(record)],
      ...NEW_FINDING,
      assignee_group: { name: UNKNOWN },
    }),
  },
} as const satisfies Readonly<Record<string, Part>>

/** Name of a part. */
export type OcsfPart = keyof typeof PARTS

/** Name of the service that tells the event. */
export function serviceOf(resource: EventRecord['resource']): unknown {
  return resource?.['service.name'] ?? UNKNOWN
}

/** Text of an attribute, or `unknown`. */
export function textOf(attributes: EventRecord['attributes'], name: string): string {
  const value = attributes[name]
  return typeof value === 'string' ? value : UNKNOWN
}

/** The same object without members that are `undefined`. */
export function withoutUndefined(object: OcsfObject): OcsfObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
}

function describeSource({ attributes }: EventRecord): OcsfObject {
  const address = textOf(attributes, 'client.address')
  return isIP(address) === 0 ? { name: address } : { ip: address }
}

function describeHttp({ attributes }: EventRecord): OcsfObject {
  const path = attributes['url.path']
  const request = withoutUndefined({
    http_method: attributes['http.request.method'],
    url: path === undefined ? undefined : { path },
    user_agent: attributes['user_agent.original'],
    referrer: attributes['http.referrer'],
  })
  const code = attributes['http.response.status_code']
  return withoutUndefined({
    http_request: Object.keys(request).length === 0 ? undefined : request,
    http_response: code === undefined ? undefined : { code },
  })
}

function describeFinding(record: EventRecord): OcsfObject {
  const { eventName, attributes, timestamp } = record
  const name = attributes['security_rule.name']
  const category = attributes['security_rule.category']
  return withoutUndefined({
    uid: attributes['incident.id'] ?? attributes['log.record.uid'] ?? `${eventName}:${timestamp}`,
    title: findDefinition(record)?.description ?? eventName,
    types: [eventName],
    analytic: name === undefined ? undefined : withoutUndefined({ name, category, type_id: RULE_ANALYTIC }),
  })
}

/** OCSF counts risk in integers, the catalogue from 0 to 1. */
function riskScore({ attributes }: EventRecord): OcsfObject {
  const risk = attributes['fraud.risk_score'] ?? attributes['risk.score']
  return typeof risk === 'number' ? { risk_score: Math.round(risk * 100) } : {}
}
