/** One event as the catalogue promises it to dashboards, alerts, collectors and callers. */
export interface PromisedEvent {
  readonly name: string
  readonly dataClass: string
  /** `logger.method` of the typed loggers. */
  readonly method: string
  /** Severities that its records can have, from the calmest. */
  readonly severities: readonly string[]
  /** Attributes; those that every record has are in `required` too. */
  readonly attributes: readonly string[]
  readonly required: readonly string[]
  readonly owasp: string | undefined
  readonly pci: readonly string[]
}

// event | logger.method | severities | attributes beyond the six of PCI DSS 10.2.2, required ones with `!` | OWASP | PCI DSS v4.0.1
const PAYMENT = `
user.registration         | business.userRegistration     | INFO            | user.id! user.registration.method client.address user_agent.original http.referrer
payment.attempt           | business.paymentAttempt       | INFO            | payment.id! payment.amount! payment.currency! payment.method payment.provider payment.sender.id payment.receiver.id payment.description
payment.authorization     | business.paymentAuthorization | INFO ERROR      | payment.id! payment.status! payment.amount payment.currency payment.provider.request_id
payment.capture           | business.paymentCapture       | INFO ERROR      | payment.id! payment.status! payment.amount payment.currency payment.provider.request_id
payment.completion        | business.paymentCompletion    | INFO ERROR      | payment.id! payment.status! payment.amount! payment.currency! payment.fee payment.exchange_rate payment.decline_code payment.duration error.type
payment.refund            | business.paymentRefund        | INFO WARN       | payment.id! payment.amount! payment.currency! payment.status payment.reason
payment.dispute           | business.paymentDispute       | INFO WARN       | payment.id! payment.amount! payment.currency! payment.status payment.reason
payment.payout            | business.paymentPayout        | INFO WARN       | payout.id! payment.amount! payment.currency! payment.status payment.reason
subscription.created      | business.subscriptionCreated  | INFO WARN       | subscription.id! subscription.plan payment.amount payment.currency payment.status
subscription.updated      | business.subscriptionUpdated  | INFO WARN       | subscription.id! subscription.plan payment.amount payment.currency payment.status
subscription.canceled     | business.subscriptionCanceled | INFO WARN       | subscription.id! subscription.plan payment.amount payment.currency payment.status
invoice.paid              | business.invoicePaid          | INFO            | invoice.id! subscription.plan payment.amount payment.currency payment.status
invoice.payment_failed    | business.invoicePaymentFailed | WARN            | invoice.id! subscription.plan payment.amount payment.currency payment.status
credits.charged           | business.creditsCharged       | INFO            | user.id! credits.amount! credits.balance credits.reason
credits.granted           | business.creditsGranted       | INFO            | user.id! credits.amount! credits.balance credits.reason
fraud.detection           | business.fraudDetection       | INFO WARN ERROR | fraud.action! fraud.risk_score! payment.id user.id fraud.risk_factors fraud.model.version fraud.duration
fraud.alert               | business.fraudAlert           | ERROR           | fraud.reason! payment.id customer.id payment.amount payment.currency
kyc.verification          | business.kycVerification      | INFO WARN       | user.id! kyc.status! kyc.method! kyc.document_types kyc.provider kyc.duration kyc.confidence
webhook.received          | business.webhookReceived      | INFO            | webhook.provider! webhook.event.type! webhook.event.id! webhook.delivery.lag webhook.duplicate
business.event            | business.event                | INFO            | business.event.type!`

const SECURITY = `
auth.login.success            | security.loginSuccess            | INFO       | auth.method auth.mfa.used device.id geo.country.iso_code | authn_login_success | 10.2.1
auth.login.success_after_fail | security.loginSuccessAfterFail   | INFO WARN  | auth.failures | authn_login_successafterfail | 10.2.1.4
auth.login.failure            | security.loginFailure            | WARN       | auth.failure.reason auth.method user.hash | authn_login_fail | 10.2.1.4
auth.bruteforce               | security.bruteforce              | WARN ERROR | auth.failures auth.window auth.key | authn_login_fail_max | 8.3.4
auth.lockout                  | security.lockout                 | WARN       | auth.lock.duration | authn_login_lock | 8.3.4
auth.logout                   | security.logout                  | INFO       | session.id | session_expired | 10.2.1
auth.session.created          | security.sessionCreated          | INFO       | session.id | session_created | 10.2.1
auth.session.renewed          | security.sessionRenewed          | INFO       | session.id | session_renewed | 10.2.1
auth.session.expired          | security.sessionExpired          | INFO       | session.id | session_expired | 10.2.1
auth.session.use_after_expire | security.sessionUseAfterExpire   | WARN       | session.id | session_use_after_expire | 10.2.1
auth.password.change          | security.passwordChange          | INFO       | | authn_password_change | 10.2.1.5
auth.password.change_failure  | security.passwordChangeFailure   | ERROR      | | authn_password_change_fail | 10.2.1.5
auth.password.reset           | security.passwordReset           | INFO ERROR | | authn_password_change | 10.2.1.5
auth.mfa.challenge            | security.mfaChallenge            | INFO       | auth.mfa.method | | 8.4
auth.mfa.success              | security.mfaSuccess              | INFO       | auth.mfa.method | | 8.4
auth.mfa.failure              | security.mfaFailure              | WARN       | auth.mfa.method | | 8.4
auth.token.created            | security.tokenCreated            | INFO       | token.type token.id token.expires_at | authn_token_created | 10.2.1.5
auth.token.revoked            | security.tokenRevoked            | INFO       | token.type token.id token.expires_at | authn_token_revoked | 10.2.1.5
auth.token.reuse              | security.tokenReuse              | ERROR      | token.type token.id token.expires_at | authn_token_reuse | 10.2.1.5
auth.token.deleted            | security.tokenDeleted            | WARN       | token.type token.id token.expires_at | authn_token_delete | 10.2.1.5
auth.impossible_travel        | security.impossibleTravel        | ERROR      | geo.country.iso_code geo.locality.name geo.location.lat geo.location.lon | authn_impossible_travel | 10.4
authz.denied                  | security.denied                  | ERROR      | authz.action authz.required authz.granted | authz_fail | 10.2.1.4
authz.changed                 | security.authzChanged            | WARN       | change.before change.after | authz_change | 10.2.1.5
privilege.changed             | security.privilegeChanged        | WARN       | change.before change.after | privilege_permissions_changed | 10.2.1.5
admin.access                  | security.adminAccess             | INFO WARN  | http.route http.response.status_code | authz_admin | 10.2.1.2
attack.sqli                   | security.attackSqli              | WARN ERROR | security_rule.name security_rule.category attack.location attack.confirmed attack.count | malicious_sqli | 6.4.2 11.5.1
attack.xss                    | security.attackXss               | WARN ERROR | security_rule.name security_rule.category attack.location attack.confirmed attack.count | input_validation_fail | 6.4.2 11.5.1
attack.traversal              | security.attackTraversal         | WARN ERROR | security_rule.name security_rule.category attack.location attack.confirmed attack.count | input_validation_fail | 6.4.2 11.5.1
attack.command                | security.attackCommand           | WARN ERROR | security_rule.name security_rule.category attack.location attack.confirmed attack.count | input_validation_fail | 6.4.2 11.5.1
attack.nosql                  | security.attackNosql             | WARN ERROR | security_rule.name security_rule.category attack.location attack.confirmed attack.count | input_validation_fail | 6.4.2 11.5.1
attack.jndi                   | security.attackJndi              | WARN ERROR | security_rule.name security_rule.category attack.location attack.confirmed attack.count | input_validation_fail | 6.4.2 11.5.1
attack.proto_pollution        | security.attackProtoPollution    | WARN ERROR | security_rule.name security_rule.category attack.location attack.confirmed attack.count | input_validation_fail | 6.4.2 11.5.1
attack.ssrf                   | security.attackSsrf              | WARN ERROR | security_rule.name security_rule.category attack.location attack.confirmed attack.count | input_validation_fail | 6.4.2 11.5.1
attack.tool                   | security.attackTool              | WARN       | user_agent.name | malicious_attack_tool | 11.5.1
attack.probe                  | security.attackProbe             | WARN       | attack.count attack.window | malicious_excess_404 | 11.5.1
attack.card_testing           | security.attackCardTesting       | ERROR      | auth.window payment.declines card.fingerprint | | 11.5.1
limit.exceeded                | security.limitExceeded           | WARN       | limit.name limit.value | excess_rate_limit_exceeded |
ip.blocked                    | security.ipBlocked               | WARN       | limit.name limit.value | excess_rate_limit_exceeded |
webhook.signature_failure     | security.webhookSignatureFailure | WARN       | webhook.provider webhook.failure.reason | | 6.4
data.read                     | security.dataRead                | INFO WARN  | data.type data.purpose | sensitive_read | 10.2.1.1
data.create                   | security.dataCreate              | INFO WARN  | data.type data.purpose | sensitive_create | 10.2.1.1
data.update                   | security.dataUpdate              | INFO WARN  | data.type data.purpose | sensitive_update | 10.2.1.1
data.delete                   | security.dataDelete              | INFO WARN  | data.type data.purpose | sensitive_delete | 10.2.1.1
security.suspicious_activity  | security.suspiciousActivity      | ERROR      | activity.type risk.score risk.indicators action.taken | | 10.4
security.incident             | security.incident                | FATAL      | incident.id! incident.type! incident.severity! incident.affected_users incident.affected_systems incident.detection_method incident.response_actions | | 12.10
pan_found                     | security.panFound                | ERROR      | redaction.rule redaction.carrier | | 12.10.7`

const AUDIT = `
audit.action               | audit.action              | INFO WARN | audit.actor.id! audit.actor.role audit.action! audit.target.type! audit.target.id! audit.outcome! audit.reason audit.before audit.after audit.severity | | 10.2.1.2
audit.admin.action         | audit.adminAction         | WARN      | audit.actor.id! audit.actor.role audit.action! audit.target.type! audit.target.id! audit.outcome! audit.reason audit.before audit.after audit.severity | | 10.2.1.2
audit.config.change        | audit.configChange        | WARN      | audit.actor.id! audit.actor.role audit.action! audit.target.type! audit.target.id! audit.outcome! audit.reason audit.before audit.after audit.severity | | 10.2.1.2
audit.data.export          | audit.dataExport          | WARN      | audit.actor.id! audit.actor.role audit.action! audit.target.type! audit.target.id! audit.outcome! audit.reason audit.before audit.after audit.severity | | 10.2.1.2
audit.financial.adjustment | audit.financialAdjustment | WARN      | audit.actor.id! audit.actor.role audit.action! audit.target.type! audit.target.id! audit.outcome! audit.reason audit.before audit.after audit.severity | | 10.2.1.2
audit.access               | audit.access              | INFO      | audit.actor.id audit.query audit.count | | 10.2.1.3
audit.retention            | audit.retention           | INFO      | audit.action audit.count audit.period audit.policy.hash | | 10.5.1
audit.started              | audit.started             | WARN      | audit.reason audit.count | | 10.2.1.6 10.7
audit.stopped              | audit.stopped             | WARN      | audit.reason audit.count | | 10.2.1.6 10.7
audit.dropped              | audit.dropped             | WARN      | audit.reason audit.count | | 10.2.1.6 10.7
audit.key_rotated          | audit.keyRotated          | WARN      | audit.reason audit.count | | 10.2.1.6 10.7`

const PERFORMANCE = `
http.request            | performance.httpRequest          | INFO WARN ERROR | http.request.method http.route url.path http.response.status_code http.server.duration http.request.body.size http.response.body.size client.address user_agent.original user.id
http.request.slow       | performance.httpRequestSlow      | WARN            | http.request.method http.route url.path http.response.status_code http.server.duration http.request.body.size http.response.body.size client.address user_agent.original user.id
db.query.slow           | technical.dbQuerySlow            | WARN            | db.system.name db.operation.name db.collection.name db.query.text db.query.hash db.client.duration db.response.returned_rows
db.query.error          | technical.dbQueryError           | ERROR           | db.system.name db.operation.name db.collection.name db.query.text db.query.hash db.client.duration db.response.returned_rows error.type db.response.status_code
db.pool                 | technical.dbPool                 | DEBUG WARN      | db.client.connection.pool.name db.client.connection.used db.client.connection.idle db.client.connection.pending db.client.connection.max
cache.operation         | technical.cacheOperation         | DEBUG           | cache.operation cache.hit cache.duration cache.ttl
messaging.operation     | technical.messagingOperation     | DEBUG ERROR     | messaging.system messaging.destination.name messaging.operation.name messaging.duration messaging.queue.depth messaging.retry.count
external.call           | technical.externalCall           | INFO ERROR      | service.peer.name http.request.method url.template http.response.status_code external.duration retry.count circuit_breaker.state error.type
job.started             | technical.jobStarted             | INFO            | job.name job.id job.attempt job.duration error.type
job.completed           | technical.jobCompleted           | INFO            | job.name job.id job.attempt job.duration error.type
job.failed              | technical.jobFailed              | ERROR           | job.name job.id job.attempt job.duration error.type
job.retried             | technical.jobRetried             | WARN            | job.name job.id job.attempt job.duration error.type
websocket.opened        | technical.websocketOpened        | INFO            | websocket.connection.id user.id message.size message.direction close.code
websocket.authenticated | technical.websocketAuthenticated | INFO            | websocket.connection.id user.id message.size message.direction close.code
websocket.message       | technical.websocketMessage       | INFO            | websocket.connection.id user.id message.size message.direction close.code
websocket.limited       | technical.websocketLimited       | WARN            | websocket.connection.id user.id message.size message.direction close.code
websocket.closed        | technical.websocketClosed        | INFO            | websocket.connection.id user.id message.size message.direction close.code
websocket.error         | technical.websocketError         | ERROR           | websocket.connection.id user.id message.size message.direction close.code
performance.metric      | performance.metric               | INFO            | metric.name metric.value metric.unit
operation.timed         | performance.operationTimed       | INFO WARN       | operation.name operation.duration event.outcome error.type`

const APPLICATION = `
exception       | technical.exception      | ERROR | exception.type exception.message exception.stacktrace error.code
process.started | technical.processStarted | INFO  |
process.stopped | technical.processStopped | INFO  |
process.crashed | technical.processCrashed | FATAL |`

/** Every event that Plutus promises, written down by hand: names are a contract, whatever the data says. */
export const PROMISED_EVENTS: readonly PromisedEvent[] = [
  ...readRows('payment', PAYMENT),
  ...readRows('security', SECURITY),
  ...readRows('audit', AUDIT),
  ...readRows('performance', PERFORMANCE),
  ...readRows('application', APPLICATION),
]

function readRows(dataClass: string, table: string): PromisedEvent[] {
  return table
    .trim()
    .split('\n')
    .map((row) => {
      const cells = row.split('|').map((cell) => cell.trim())
      const [name = '', method = '', severities = '', attributes = '', owasp = '', pci = ''] = cells
      const names = wordsOf(attributes)
      return {
        name,
        dataClass,
        method,
        severities: wordsOf(severities).map((word) => word.toLowerCase()),
        attributes: names.map((word) => word.replace('!', '')),
        required: names.filter((word) => word.endsWith('!')).map((word) => word.slice(0, -1)),
        owasp: owasp === '' ? undefined : owasp,
        pci: wordsOf(pci),
      }
    })
}

function wordsOf(cell: string): string[] {
  return cell.split(/\s+/).filter((word) => word !== '')
}
