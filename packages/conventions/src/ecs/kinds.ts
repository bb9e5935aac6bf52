/** Values of `event.kind` that events of the catalogue have. */
export type EcsKind = 'event' | 'alert' | 'metric'

/** `event.kind`, `event.category` and `event.type` of an event. */
export type EcsKinds = readonly [kind: EcsKind, categories: readonly string[], types: readonly string[]]

const LOGIN: EcsKinds = ['event', ['authentication'], ['start']]
const MFA: EcsKinds = ['event', ['authentication'], ['info']]
const ATTACK: EcsKinds = ['alert', ['intrusion_detection', 'web'], ['info']]
const SUSPICION: EcsKinds = ['alert', ['intrusion_detection'], ['info']]
const CHANGE: EcsKinds = ['event', ['api'], ['change']]
const CREATION: EcsKinds = ['event', ['api'], ['creation']]
const USER_CHANGE: EcsKinds = ['event', ['iam'], ['user', 'change']]
const PROCESS: EcsKinds = ['event', ['process'], ['info']]
const PROCESS_START: EcsKinds = ['event', ['process'], ['start']]
const PROCESS_END: EcsKinds = ['event', ['process'], ['end']]

/** For an event that the catalogue does not have. */
export const UNKNOWN_EVENT: EcsKinds = ['event', ['api'], ['info']]

/** Kind, categories and types of every event, in the words that ECS allows together. */
export const ECS_KINDS: Readonly<Record<string, EcsKinds>> = {
  'user.registration': ['event', ['iam'], ['user', 'creation']],
  'payment.attempt': ['event', ['api'], ['start']],
  'payment.authorization': CHANGE,
  'payment.capture': CHANGE,
  'payment.completion': ['event', ['api'], ['end']],
  'payment.refund': CREATION,
  'payment.dispute': CREATION,
  'payment.payout': CREATION,
  'subscription.created': CREATION,
  'subscription.updated': CHANGE,
  'subscription.canceled': ['event', ['api'], ['deletion']],
  'invoice.paid': CHANGE,
  'invoice.payment_failed': CHANGE,
  'credits.charged': CHANGE,
  'credits.granted': CHANGE,
  'fraud.detection': ['event', ['intrusion_detection'], ['info']],
  'fraud.alert': SUSPICION,
  'kyc.verification': ['event', ['iam'], ['user', 'info']],
  'webhook.received': ['event', ['api'], ['access']],
  'business.event': ['event', ['api'], ['info']],

  'auth.login.success': LOGIN,
  'auth.login.success_after_fail': LOGIN,
  'auth.login.failure': LOGIN,
  'auth.bruteforce': ['alert', ['authentication', 'intrusion_detection'], ['info']],
  'auth.lockout': USER_CHANGE,
  'auth.logout': ['event', ['authentication', 'session'], ['end']],
  'auth.session.created': ['event', ['session'], ['start']],
  'auth.session.renewed': ['event', ['session'], ['info']],
  'auth.session.expired': ['event', ['session'], ['end']],
  'auth.session.use_after_expire': ['alert', ['session', 'intrusion_detection'], ['info']],
  'auth.password.change': USER_CHANGE,
  'auth.password.change_failure': USER_CHANGE,
  'auth.password.reset': USER_CHANGE,
  'auth.mfa.challenge': MFA,
  'auth.mfa.success': MFA,
  'auth.mfa.failure': MFA,
  'auth.token.created': ['event', ['iam'], ['creation']],
  'auth.token.revoked': ['event', ['iam'], ['change']],
  'auth.token.reuse': ['alert', ['authentication', 'intrusion_detection'], ['info']],
  'auth.token.deleted': ['event', ['iam'], ['deletion']],
  'auth.impossible_travel': ['alert', ['authentication', 'intrusion_detection'], ['info']],
  'authz.denied': ['event', ['api'], ['denied']],
  'authz.changed': ['event', ['iam'], ['admin', 'change']],
  'privilege.changed': USER_CHANGE,
  'admin.access': ['event', ['api'], ['admin', 'access']],
  'attack.sqli': ATTACK,
  'attack.xss': ATTACK,
  'attack.traversal': ATTACK,
  'attack.command': ATTACK,
  'attack.nosql': ATTACK,
  'attack.jndi': ATTACK,
  'attack.proto_pollution': ATTACK,
  'attack.ssrf': ATTACK,
  'attack.tool': ATTACK,
  'attack.probe': ATTACK,
  'attack.card_testing': SUSPICION,
  'limit.exceeded': ['event', ['api'], ['denied']],
  'ip.blocked': ['event', ['network', 'intrusion_detection'], ['denied']],
  'webhook.signature_failure': ['alert', ['intrusion_detection'], ['denied']],
  'data.read': ['event', ['api'], ['access']],
  'data.create': CREATION,
  'data.update': CHANGE,
  'data.delete': ['event', ['api'], ['deletion']],
  'security.suspicious_activity': SUSPICION,
  'security.incident': SUSPICION,
  pan_found: SUSPICION,

  'audit.action': CHANGE,
  'audit.admin.action': ['event', ['api'], ['admin', 'change']],
  'audit.config.change': ['event', ['configuration'], ['change']],
  'audit.data.export': ['event', ['api'], ['access']],
  'audit.financial.adjustment': CHANGE,
  'audit.access': ['event', ['api'], ['access']],
  'audit.retention': ['event', ['configuration'], ['deletion']],
  'audit.started': PROCESS_START,
  'audit.stopped': PROCESS_END,
  'audit.dropped': PROCESS,
  'audit.key_rotated': ['event', ['configuration'], ['change']],

  'http.request': ['event', ['web'], ['access']],
  'http.request.slow': ['event', ['web'], ['access']],
  'db.query.slow': ['event', ['database'], ['access']],
  'db.query.error': ['event', ['database'], ['error']],
  'db.pool': ['metric', ['database'], ['info']],
  'cache.operation': ['event', ['database'], ['access']],
  'messaging.operation': ['event', ['api'], ['access']],
  'external.call': ['event', ['api'], ['access']],
  'job.started': PROCESS_START,
  'job.completed': PROCESS_END,
  'job.failed': PROCESS_END,
  'job.retried': PROCESS_START,
  'websocket.opened': ['event', ['network'], ['connection', 'start']],
  'websocket.authenticated': ['event', ['network'], ['info']],
  'websocket.message': ['event', ['network'], ['info']],
  'websocket.limited': ['event', ['network'], ['denied']],
  'websocket.closed': ['event', ['network'], ['connection', 'end']],
  'websocket.error': ['event', ['network'], ['info']],
  'performance.metric': ['metric', ['process'], ['info']],
  'operation.timed': PROCESS,

  exception: PROCESS,
  'process.started': PROCESS_START,
  'process.stopped': PROCESS_END,
  'process.crashed': PROCESS_END,
}

/** What a fraud check decided says whether the payment may go on. */
export const FRAUD_TYPES: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['allow', ['allowed']],
  ['block', ['denied']],
])
