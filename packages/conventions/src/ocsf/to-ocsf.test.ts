import { describe, expect, it } from 'vitest'
import { CATALOGUE } from '../index.ts'
import { toOcsf } from './index.ts'

// What OCSF 1.8 requires of each class, beyond what all classes require.
const REQUIRED: Readonly<Record<number, readonly string[]>> = {
  0: [],
  1006: ['actor', 'device', 'job'],
  1008: ['actor', 'log_name'],
  2004: ['finding_info'],
  2005: ['finding_info_list', 'assignee_group'],
  2006: ['finding_info'],
  3001: ['user'],
  3002: ['user', 'service'],
  3004: ['entity'],
  3005: ['user'],
  4001: ['src_endpoint'],
  4002: ['src_endpoint', 'http_request'],
  6002: ['app'],
  6003: ['actor', 'api', 'src_endpoint'],
  6005: ['actor', 'src_endpoint', 'database'],
  6008: [],
}
const failedLogin = {
  eventName: 'auth.login.failure',
  timestamp: 1_700_000_000_123.4,
  severityText: 'WARN',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  attributes: {
    'user.id': 'u1',
    'client.address': '192.0.2.7',
    'event.outcome': 'failure',
    'resource.type': 'unknown',
    'resource.id': 'unknown',
    'auth.failure.reason': 'bad_password',
    'user_agent.original': 'curl/8',
    'plutus.data.class': 'security',
    'log.record.uid': '01H',
    'correlation.id': 'c1',
  },
  resource: { 'service.name': 'checkout', 'service.version': '1.2.3' },
}

describe.each(CATALOGUE.map((event) => [event.name, event] as const))('%s', (name, event) => {
  const bare = toOcsf({ eventName: name, timestamp: 1, attributes: {} })

  it('has a class of its own with an activity, and the type that follows from both', () => {
    const isBase = name === 'performance.metric' || name === 'operation.timed'
    expect(bare.class_uid === 0).toBe(isBase)
    expect(bare.category_uid).toBe(Math.floor(bare.class_uid / 1000))
    expect(bare.type_uid).toBe(bare.class_uid * 100 + bare.activity_id)
    expect(bare.activity_name === name).toBe(bare.activity_id === 99)
    expect(bare.message).toBe(event.description)
  })

  it('has what its class requires, even when nobody knows', () => {
    expect(Object.keys(bare)).toEqual(expect.arrayContaining([...(REQUIRED[bare.class_uid] ?? ['a known class'])]))
  })

  it('keeps every attribute that has no place of its own', () => {
    const attributes = { 'client.address': '192.0.2.7', 'session.id': 's1', 'domain.own': 1 }
    const text = JSON.stringify(toOcsf({ eventName: name, timestamp: 1, attributes }))
    expect(text).toContain('192.0.2.7')
    expect(text).toContain('s1')
    expect(text).toContain('domain.own')
  })
})

it('says who failed to log in, from where, how and when', () => {
  expect(toOcsf(failedLogin)).toEqual({
    category_uid: 3,
    class_uid: 3002,
    class_name: 'Authentication',
    activity_id: 1,
    activity_name: 'Logon',
    type_uid: 300201,
    severity_id: 3,
    severity: 'Medium',
    status_id: 2,
    status: 'Failure',
    time: 1_700_000_000_123,
    message: 'A login failed.',
    metadata: {
      version: '1.8.0',
      product: { name: 'checkout', version: '1.2.3' },
      event_code: 'auth.login.failure',
      log_provider: 'plutus',
      log_name: 'security',
      uid: '01H',
      correlation_uid: 'c1',
    },
    actor: { user: { uid: 'u1' }, app_name: 'checkout' },
    user: { uid: 'u1' },
    service: { name: 'checkout' },
    src_endpoint: { ip: '192.0.2.7' },
    http_request: { user_agent: 'curl/8' },
    unmapped: {
      'event.outcome': 'failure',
      'resource.type': 'unknown',
      'resource.id': 'unknown',
      'auth.failure.reason': 'bad_password',
      trace_id: '0af7651916cd43dd8448eb211c80319c',
    },
  })
})

it.each([
  ['GET', 400203],
  ['POST', 400206],
  ['get', 400299],
  [undefined, 400299],
])('takes the activity of a request from its method %s', (method, type) => {
  const attributes = { 'http.request.method': method, 'http.response.status_code': 500 }
  expect(toOcsf({ eventName: 'http.request', timestamp: 1, attributes })).toMatchObject({
    type_uid: type,
    severity_id: 4,
    status_id: 2,
    http_response: { code: 500 },
  })
})

it('names the rule of an attack and calls it an alert', () => {
  const attributes = { 'security_rule.name': 'sqli-1', 'security_rule.category': 'sqli', 'risk.score': 0.456 }
  expect(toOcsf({ eventName: 'attack.sqli', timestamp: 1, attributes })).toMatchObject({
    finding_info: { title: 'SQL injection was tried.', analytic: { name: 'sqli-1', category: 'sqli', type_id: 1 } },
    is_alert: true,
    risk_score: 46,
    status_id: 1,
  })
})

it('takes the user whose account was locked from what was acted on', () => {
  const attributes = { 'user.id': 'admin', 'resource.type': 'user', 'resource.id': 'u7' }
  expect(toOcsf({ eventName: 'auth.lockout', timestamp: 1, attributes })).toMatchObject({
    type_uid: 300109,
    actor: { user: { uid: 'admin' } },
    user: { uid: 'u7' },
  })
})

it.each(['own.event', 'constructor'])('makes a base event of one that the catalogue does not have: %s', (eventName) => {
  expect(toOcsf({ eventName, timestamp: 1, severityText: 'ERROR', attributes: { a: 1 } })).toMatchObject({
    type_uid: 99,
    activity_name: eventName,
    severity_id: 4,
    unmapped: { a: 1 },
  })
})
