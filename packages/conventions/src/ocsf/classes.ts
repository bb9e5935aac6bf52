import type { OcsfPart } from './parts.ts'

/** A class of OCSF 1.8 with the activities that events of the catalogue use. */
export interface OcsfClass {
  readonly uid: number
  readonly name: string
  /** Captions by `activity_id`. */
  readonly activities: Readonly<Record<number, string>>
  /** What the class has beyond what all classes have. */
  readonly parts: readonly OcsfPart[]
}

const CRUD = { 1: 'Create', 2: 'Read', 3: 'Update', 4: 'Delete' }
const METHODS = {
  1: 'Connect',
  2: 'Delete',
  3: 'Get',
  4: 'Head',
  5: 'Options',
  6: 'Post',
  7: 'Put',
  8: 'Trace',
  9: 'Patch',
}

const define = (
  uid: number,
  name: string,
  activities: Readonly<Record<number, string>>,
  ...parts: readonly OcsfPart[]
): OcsfClass => ({ uid, name, activities, parts })

/** For what OCSF has no class for. */
export const BASE_EVENT = define(0, 'Base Event', {})
const SCHEDULED_JOB = define(1006, 'Scheduled Job Activity', { 6: 'Start' }, 'job')
const EVENT_LOG = define(
  1008,
  'Event Log Activity',
  { 4: 'Archive', 6: 'Start', 7: 'Stop' },
  'eventLog',
  'sourceEndpoint',
)
const DETECTION = define(2004, 'Detection Finding', { 1: 'Create' }, 'finding', 'evidences', 'resources')
const INCIDENT = define(2005, 'Incident Finding', { 1: 'Create' }, 'incident')
const DATA_SECURITY = define(2006, 'Data Security Finding', { 1: 'Create' }, 'finding', 'sourceEndpoint', 'resources')
const ACCOUNT = define(
  3001,
  'Account Change',
  { 1: 'Create', 3: 'Password Change', 4: 'Password Reset', 9: 'Lock' },
  'user',
  'sourceEndpoint',
  'http',
)
const AUTHENTICATION = define(
  3002,
  'Authentication',
  { 1: 'Logon', 2: 'Logoff', 6: 'Preauth' },
  'user',
  'service',
  'session',
  'sourceEndpoint',
  'http',
)
const ENTITY = define(3004, 'Entity Management', { ...CRUD, 9: 'Disable' }, 'entity', 'sourceEndpoint', 'http')
const USER_ACCESS = define(3005, 'User Access Management', {}, 'user', 'resources', 'sourceEndpoint', 'http')
const NETWORK = define(
  4001,
  'Network Activity',
  { 1: 'Open', 2: 'Close', 4: 'Fail', 5: 'Refuse', 6: 'Traffic' },
  'sourceEndpoint',
)
const HTTP = define(4002, 'HTTP Activity', METHODS, 'sourceEndpoint', 'httpRequired')
const LIFECYCLE = define(6002, 'Application Lifecycle', { 3: 'Start', 4: 'Stop' }, 'application')
const API = define(6003, 'API Activity', CRUD, 'api', 'resources', 'sourceEndpoint', 'http')
const DATASTORE = define(6005, 'Datastore Activity', { 3: 'Connect', 4: 'Query' }, 'database', 'sourceEndpoint', 'http')
const APPLICATION_ERROR = define(6008, 'Application Error', { 1: 'General Error' })

/** `activity_id` of an activity that its class does not name; `activity_name` then says it. */
export const OTHER = 99

/** Class and activity of every event; `method` takes the activity from the request's method. */
export const OCSF_CLASSES: Readonly<Record<string, readonly [OcsfClass, activity: number | 'method']>> = {
  'user.registration': [ACCOUNT, 1],
  'payment.attempt': [API, 1],
  'payment.authorization': [API, 3],
  'payment.capture': [API, 3],
  'payment.completion': [API, 3],
  'payment.refund': [API, 1],
  'payment.dispute': [API, 1],
  'payment.payout': [API, 1],
  'subscription.created': [API, 1],
  'subscription.updated': [API, 3],
  'subscription.canceled': [API, 4],
  'invoice.paid': [API, 3],
  'invoice.payment_failed': [API, 3],
  'credits.charged': [API, 3],
  'credits.granted': [API, 3],
  'fraud.detection': [DETECTION, 1],
  'fraud.alert': [DETECTION, 1],
  'kyc.verification': [ACCOUNT, OTHER],
  'webhook.received': [API, OTHER],
  'business.event': [API, OTHER],

  'auth.login.success': [AUTHENTICATION, 1],
  'auth.login.success_after_fail': [AUTHENTICATION, 1],
  'auth.login.failure': [AUTHENTICATION, 1],
  'auth.bruteforce': [DETECTION, 1],
  'auth.lockout': [ACCOUNT, 9],
  'auth.logout': [AUTHENTICATION, 2],
  'auth.session.created': [AUTHENTICATION, OTHER],
  'auth.session.renewed': [AUTHENTICATION, OTHER],
  'auth.session.expired': [AUTHENTICATION, 2],
  'auth.session.use_after_expire': [AUTHENTICATION, OTHER],
  'auth.password.change': [ACCOUNT, 3],
  'auth.password.change_failure': [ACCOUNT, 3],
  'auth.password.reset': [ACCOUNT, 4],
  'auth.mfa.challenge': [AUTHENTICATION, 6],
  'auth.mfa.success': [AUTHENTICATION, OTHER],
  'auth.mfa.failure': [AUTHENTICATION, OTHER],
  'auth.token.created': [ENTITY, 1],
  'auth.token.revoked': [ENTITY, 9],
  'auth.token.reuse': [DETECTION, 1],
  'auth.token.deleted': [ENTITY, 4],
  'auth.impossible_travel': [DETECTION, 1],
  'authz.denied': [API, OTHER],
  'authz.changed': [USER_ACCESS, OTHER],
  'privilege.changed': [USER_ACCESS, OTHER],
  'admin.access': [API, OTHER],
  'attack.sqli': [DETECTION, 1],
  'attack.xss': [DETECTION, 1],
  'attack.traversal': [DETECTION, 1],
  'attack.command': [DETECTION, 1],
  'attack.nosql': [DETECTION, 1],
  'attack.jndi': [DETECTION, 1],
  'attack.proto_pollution': [DETECTION, 1],
  'attack.ssrf': [DETECTION, 1],
  'attack.tool': [DETECTION, 1],
  'attack.probe': [DETECTION, 1],
  'attack.card_testing': [DETECTION, 1],
  'limit.exceeded': [DETECTION, 1],
  'ip.blocked': [DETECTION, 1],
  'webhook.signature_failure': [DETECTION, 1],
  'data.read': [API, 2],
  'data.create': [API, 1],
  'data.update': [API, 3],
  'data.delete': [API, 4],
  'security.suspicious_activity': [DETECTION, 1],
  'security.incident': [INCIDENT, 1],
  pan_found: [DATA_SECURITY, 1],

  'audit.action': [API, OTHER],
  'audit.admin.action': [API, OTHER],
  'audit.config.change': [ENTITY, 3],
  'audit.data.export': [API, 2],
  'audit.financial.adjustment': [API, 3],
  'audit.access': [API, 2],
  'audit.retention': [EVENT_LOG, 4],
  'audit.started': [EVENT_LOG, 6],
  'audit.stopped': [EVENT_LOG, 7],
  'audit.dropped': [EVENT_LOG, OTHER],
  'audit.key_rotated': [EVENT_LOG, OTHER],

  'http.request': [HTTP, 'method'],
  'http.request.slow': [HTTP, 'method'],
  'db.query.slow': [DATASTORE, 4],
  'db.query.error': [DATASTORE, 4],
  'db.pool': [DATASTORE, 3],
  'cache.operation': [DATASTORE, OTHER],
  'messaging.operation': [API, OTHER],
  'external.call': [API, OTHER],
  'job.started': [SCHEDULED_JOB, 6],
  'job.completed': [SCHEDULED_JOB, OTHER],
  'job.failed': [SCHEDULED_JOB, OTHER],
  'job.retried': [SCHEDULED_JOB, 6],
  'websocket.opened': [NETWORK, 1],
  'websocket.authenticated': [NETWORK, OTHER],
  'websocket.message': [NETWORK, 6],
  'websocket.limited': [NETWORK, 5],
  'websocket.closed': [NETWORK, 2],
  'websocket.error': [NETWORK, 4],
  'performance.metric': [BASE_EVENT, OTHER],
  'operation.timed': [BASE_EVENT, OTHER],

  exception: [APPLICATION_ERROR, 1],
  'process.started': [LIFECYCLE, 3],
  'process.stopped': [LIFECYCLE, 4],
  'process.crashed': [LIFECYCLE, 4],
}
