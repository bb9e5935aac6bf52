import { describe, expect, it } from 'vitest'
import { CATALOGUE } from '../index.ts'
import { toEcs } from './index.ts'

// Values of event.type that ECS 9 expects with each event.category.
const ALLOWED: Readonly<Record<string, string>> = {
  api: 'access admin allowed change creation deletion denied end info start user',
  authentication: 'start end info',
  configuration: 'access change creation deletion info',
  database: 'access change info error',
  iam: 'admin change creation deletion group info user',
  intrusion_detection: 'allowed denied info',
  network: 'access allowed connection denied end info protocol start',
  process: 'access change end info start',
  session: 'start end info',
  web: 'access error info',
}

describe.each(CATALOGUE.map((event) => [event.name, event] as const))('%s', (name, { description }) => {
  const document = toEcs({ eventName: name, timestamp: 1, attributes: {} })

  it('has a kind, and types that ECS expects with each of its categories', () => {
    const { kind, category, type } = document.event
    expect(['event', 'alert', 'metric']).toContain(kind)
    expect(category.length * type.length).toBeGreaterThan(0)
    for (const one of category) expect((ALLOWED[one] ?? '').split(' ')).toEqual(expect.arrayContaining([...type]))
  })

  it('is named by its action and described by its message', () => {
    expect(document).toMatchObject({ event: { action: name }, message: description })
  })
})

it('says who failed to log in, from where, how and when', () => {
  const record = {
    eventName: 'auth.login.failure',
    timestamp: 1_700_000_000_123,
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    attributes: {
      'user.id': 'u1',
      'client.address': '2001:db8::7',
      'event.outcome': 'failure',
      'auth.failure.reason': 'bad_password',
      'plutus.data.class': 'security',
      'log.record.uid': '01H',
      'owasp.event': 'authn_login_fail',
    },
    resource: { 'service.name': 'checkout', 'deployment.environment.name': 'live', 'os.type': 'linux' },
  }
  expect(toEcs(record)).toEqual({
    '@timestamp': '2023-11-14T22:13:20.123Z',
    ecs: { version: '9.0.0' },
    message: 'A login failed.',
    log: { level: 'warn' },
    event: {
      kind: 'event',
      category: ['authentication'],
      type: ['start'],
      outcome: 'failure',
      action: 'auth.login.failure',
      provider: 'plutus',
      id: '01H',
      dataset: 'security',
      reason: 'bad_password',
    },
    user: { id: 'u1' },
    source: { address: '2001:db8::7', ip: '2001:db8::7' },
    service: { name: 'checkout', environment: 'live' },
    trace: { id: '0af7651916cd43dd8448eb211c80319c' },
    span: { id: 'b7ad6b7169203331' },
    attributes: { 'owasp.event': 'authn_login_fail' },
  })
})

it('names the rule of an attack and calls it an alert', () => {
  const attributes = { 'security_rule.name': 'sqli-1', 'security_rule.category': 'sqli', 'client.address': 'unknown' }
  const document = toEcs({ eventName: 'attack.sqli', timestamp: 1, attributes })
  expect(document).toMatchObject({ event: { kind: 'alert' }, rule: { name: 'sqli-1', category: 'sqli' } })
  expect(document['source']).toEqual({ address: 'unknown' })
})

it.each([
  ['allow', ['allowed']],
  ['review', ['info']],
  ['block', ['denied']],
])('says of a payment that a fraud check decided to %s what that means', (action, type) => {
  const attributes = { 'fraud.action': action, 'fraud.risk_score': 0.5, 'fraud.duration': 0.25 }
  expect(toEcs({ eventName: 'fraud.detection', timestamp: 1, attributes }).event).toMatchObject({
    type,
    risk_score: 0.5,
    duration: 250_000_000,
  })
})

it.each([
  [{ 'event.outcome': 'success', 'error.type': 'x' }, 'success'],
  [{ 'audit.outcome': 'failure' }, 'failure'],
  [{ 'payment.status': 'succeeded' }, 'success'],
  [{ 'payment.status': 'failed' }, 'failure'],
  [{ 'payment.status': 'requires_action' }, 'unknown'],
  [{ 'error.type': 'ECONNRESET' }, 'failure'],
  [{ 'http.response.status_code': 399 }, 'success'],
  [{ 'http.response.status_code': 400 }, 'failure'],
  [{ 'event.outcome': 'failed' }, 'unknown'],
  [{}, 'unknown'],
])('reads the outcome from %j', (attributes, outcome) => {
  expect(toEcs({ eventName: 'business.event', timestamp: 1, attributes }).event.outcome).toBe(outcome)
})

it.each(['own.event', 'constructor'])('takes an event that the catalogue does not have: %s', (eventName) => {
  expect(toEcs({ eventName, timestamp: 1, attributes: { a: 1 } })).toMatchObject({
    event: { kind: 'event', category: ['api'], type: ['info'], action: eventName },
    attributes: { a: 1 },
  })
})
