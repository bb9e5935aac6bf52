import { buildTraces, type ReceivedLog, type ReceivedSpan } from '@plutus/test-kit'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { createPage, widthOf } from './layout.ts'
import { drawBar, renderTrace } from './render-trace.ts'
import { createLog, createSpan } from './sample-spans.ts'

const ROUTER = { scope: { name: '@opentelemetry/instrumentation-router' } }
const server = createSpan('POST /payments', 0, 40, {
  kind: 'SERVER',
  attributes: {
    'http.response.status_code': 201,
    'http.route': '/payments',
    'url.path': '/payments',
    'client.address': '192.0.2.1',
  },
})
const query = createSpan('INSERT payments', 10, 14, {
  kind: 'CLIENT',
  parentSpanId: 'handler',
  attributes: { 'db.query.text': 'INSERT INTO payments\n  VALUES ($1)' },
})
const stripe = createSpan('POST', 20, 40, {
  kind: 'CLIENT',
  parentSpanId: 'handler',
  attributes: {
    'url.full': 'https://api.stripe.com/v1/payment_intents/pi_3PqABCDEFGH/capture',
    'server.address': 'api.stripe.com',
    'server.port': 443,
    'http.response.status_code': 402,
    'error.type': '402',
  },
  status: { code: 'ERROR' },
})
const handler = createSpan('handler', 1, 40, { ...ROUTER, parentSpanId: 'POST /payments' })

function render(spans: readonly ReceivedSpan[], logs: readonly ReceivedLog[] = [], columns = 100): string[] {
  const [trace] = buildTraces(spans, logs)
  return trace ? renderTrace(trace, createPage({ isTTY: true, columns }, { NO_COLOR: '1' })) : []
}

it('prints a payment as a tree with results, durations, bars, statements and logs', () => {
  const log = createLog('handler', 'payment made', { attributes: { name: 'checkout', amount: 4999, currency: 'eur' } })
  expect(render([server, handler, query, stripe], [log])).toEqual([
    '  POST /payments                                              201  40.0 ms  ▕██████████████████████▏',
    '  │ from 192.0.2.1',
    '  │ INFO  payment made  amount=4999 currency=eur',
    '  ├─ INSERT payments                                               4.00 ms  ▕     ██▊              ▏',
    '  │    INSERT INTO payments VALUES ($1)',
    '  └─ POST /v1/payment_intents/:id/capture → api.stripe.com    402  20.0 ms  ▕           ███████████▏',
    '  one span of the web framework not shown',
  ])
})

it('prints events and records by time, wherever in the framework they were written, and the correlation id', () => {
  const attributes = { ...server.attributes, 'correlation.id': 'order-7' }
  const logs = [
    createLog('POST /payments', undefined, {
      timeUnixNano: 30n,
      eventName: 'http.request.slow',
      severityNumber: 13,
      attributes: { 'plutus.data.class': 'performance', 'http.server.duration': 1.06, 'correlation.id': 'order-7' },
    }),
    createLog('handler', undefined, {
      timeUnixNano: 10n,
      eventName: 'payment.attempt',
      attributes: { 'plutus.data.class': 'payment', 'payment.amount': 4999, 'payment.currency': 'eur' },
    }),
    createLog('handler', 'payment made', {
      timeUnixNano: 20n,
      attributes: { 'plutus.data.class': 'application', 'correlation.id': 'order-7', amount: 4999 },
    }),
  ]
  expect(render([{ ...server, attributes }, handler], logs).slice(1, 5)).toEqual([
    '    from 192.0.2.1 · correlation order-7',
    '    ◆ INFO  payment.attempt  49.99 EUR',
    '    INFO  payment made  amount=4999',
    '    ◆ WARN  http.request.slow  1.06 s',
  ])
})

it('tells what failed, once, and where it is not the status alone', () => {
  const thrown = {
    name: 'exception',
    timeUnixNano: 1n,
    attributes: { 'exception.type': 'TypeError', 'exception.message': 'no card' },
  }
  const failing = { ...ROUTER, events: [thrown], status: { code: 'ERROR' as const } }
  const lines = render([
    server,
    createSpan('outer', 1, 9, { ...failing, parentSpanId: 'POST /payments' }),
    createSpan('inner', 1, 9, { ...failing, parentSpanId: 'outer' }),
    createSpan('SELECT', 1, 2, {
      kind: 'CLIENT',
      parentSpanId: 'inner',
      status: { code: 'ERROR', message: 'relation does not exist' },
      attributes: { 'error.type': 'DatabaseError', 'db.response.status_code': '42P01' },
    }),
  ])
  expect(lines.filter((line) => line.includes('TypeError: no card'))).toHaveLength(1)
  expect(lines.slice(3, 5)).toEqual([
    expect.stringMatching(/^ {2}└─ SELECT +42P01 +1\.00 ms/),
    '       DatabaseError: relation does not exist',
  ])
})

it('shows path and query where they say more than the route', () => {
  const attributes = { ...server.attributes, 'url.path': '/payments/7', 'url.query': "q='%20OR%201=1" }
  expect(render([{ ...server, attributes }]).slice(1)).toEqual(["    /payments/7?q='%20OR%201=1", '    from 192.0.2.1'])
})

it('keeps control characters of an attack from the terminal', () => {
  const attributes = { ...server.attributes, 'user_agent.original': '\u001b]0;owned\u0007' }
  const logs = [
    createLog('POST /payments', 'line\r\n\u001b[2Jnext', { attributes: { '\u001b[1m': '\u001b[2J' } }),
    createLog('POST /payments', undefined, {
      eventName: 'audit.\u001b[2J',
      attributes: {
        'plutus.data.class': 'audit',
        'user.id': '\u001b[1m',
        'user.roles': ['\u0007'],
        'authz.required': ['\u001b'],
        'audit.before': { '\u001b': 'a' },
        'audit.after': { '\u001b': '\u0007' },
        'audit.target.id': '\u0007',
        'audit.target.type': '\u0007',
      },
    }),
  ]
  const name = 'GET /\u001b[2J'
  expect(render([{ ...server, name, attributes }], logs).join('')).not.toMatch(/\p{Cc}/u)
})

it('says of a span with an absent parent that it is elsewhere, and keeps records whose span is', () => {
  const lines = render([{ ...server, parentSpanId: 'absent' }], [createLog('absent', 'far away')])
  expect(lines).toContain('    its parent is elsewhere')
  expect(lines.at(-1)).toBe('  INFO  far away')
})

it.each([
  [1, 'DEBUG'],
  [8, 'DEBUG'],
  [9, 'INFO '],
  [13, 'WARN '],
  [17, 'ERROR'],
  [21, 'FATAL'],
  [0, 'INFO '],
])('calls severity %d %s', (severityNumber, name) => {
  expect(render([server], [createLog('POST /payments', 'said', { severityNumber })])[2]).toBe(`    ${name} said`)
})

it.each([80, 100, 120, 160])('stays within a terminal of %d columns', (columns) => {
  const long = 'x'.repeat(500)
  const attributes = { 'db.query.text': long, 'http.response.status_code': 200, 'server.address': long }
  const spans = Array.from({ length: 12 }, (_, depth) =>
    createSpan(`${depth}${long}`, 0, 1, { kind: 'CLIENT', attributes, parentSpanId: `${depth - 1}${long}` }),
  )
  const logs = [
    createLog(`9${long}`, long, { attributes: { [long]: long } }),
    createLog(`9${long}`, undefined, { eventName: long, attributes: { 'payment.status': long } }),
    createLog(`9${long}`, undefined, { eventName: 'short', attributes: { 'payment.status': long } }),
  ]
  const width = Math.min(columns, 120)
  for (const line of render(spans, logs, columns)) expect(widthOf(line)).toBeLessThanOrEqual(width)
})

it('draws every bar as wide as its column, and never an empty one', () => {
  const time = fc.double({ min: 0, max: 1000, noNaN: true })
  fc.assert(
    fc.property(time, time, time, fc.integer({ min: 1, max: 40 }), (offset, length, total, width) => {
      const bar = drawBar(offset, length, total, width)
      expect(widthOf(bar)).toBe(width)
      expect(bar.trim()).not.toBe('')
    }),
  )
})
