import { INVALID_SPAN_CONTEXT, propagation, trace } from '@opentelemetry/api'
import { resolveConfig } from '@plutus/config'
import { withCorrelation } from '@plutus/events'
import { afterEach, expect, it } from 'vitest'
import { createFetchHeaders } from './fetch-headers.ts'
import { httpOptionsFrom } from './options.ts'

const addTo = createFetchHeaders(httpOptionsFrom(resolveConfig({ PLUTUS_CORRELATION_HOSTS: 'api.example.com,[::1]' })))
const SPAN = trace.wrapSpanContext(INVALID_SPAN_CONTEXT)
const ALLOWED = 'https://api.example.com:8443'

/** What is added to a request within a unit of work. */
function added(origin: string | URL | undefined, headers?: unknown): [string, string][] {
  const calls: [string, string][] = []
  const addHeader = (name: string, value: string): unknown => calls.push([name, value])
  withCorrelation('order-17', () => addTo({ ...(origin !== undefined && { origin }), headers, addHeader }, SPAN))
  return calls
}

it.each([
  ['a text', ALLOWED, []],
  ['a URL', new URL(ALLOWED), []],
  ['an IPv6 address', 'http://[::1]:3000', []],
  ['headers as lines', ALLOWED, 'accept: */*\r\nx-correlation-id-2: x\r\n'],
  ['a value that reads as the name', ALLOWED, ['x-name', 'x-correlation-id']],
])('adds the id to a request to an allowed host: %s', (_what, origin, headers) => {
  expect(added(origin, headers)).toEqual([['x-correlation-id', 'order-17']])
})

it.each([
  ['another host', 'https://evil.test', []],
  ['no host', undefined, []],
  ['what is no URL', 'api.example.com', []],
  ['an allowed host that has one in a list', ALLOWED, ['accept', '*/*', 'X-Correlation-Id', 'own']],
  ['an allowed host that has one in the first line', ALLOWED, 'X-Correlation-Id: own\r\n'],
  ['an allowed host that has one in another line', ALLOWED, 'accept: */*\r\nx-correlation-id: own\r\n'],
])('adds nothing to a request to %s', (_what, origin, headers) => {
  expect(added(origin, headers)).toEqual([])
})

it.each([
  ['http://api.example.com/rates', ['x-correlation-id']],
  ['http://evil.test/rates', []],
])('adds the id to a request through an allowed proxy only if it may go to %s', (path, expected) => {
  const names: string[] = []
  const addHeader = (name: string): unknown => names.push(name)
  withCorrelation('order-17', () => addTo({ origin: ALLOWED, path, addHeader }, SPAN))
  expect(names).toEqual(expected)
})

it('adds nothing outside of a unit of work', () => {
  addTo({ origin: ALLOWED, addHeader: () => expect.fail('added') }, SPAN)
})

afterEach(() => propagation.disable())

// Of two `traceparent` a receiver takes none, and the trace would end here.
it.each([
  ['a list', ['accept', '*/*', 'TraceParent', 'own', 'baggage', 'kept=1'], ['accept', '*/*', 'baggage', 'kept=1']],
  ['lines', 'traceparent: own\r\naccept: */*\r\nbaggage: kept=1\r\n', 'accept: */*\r\nbaggage: kept=1\r\n'],
])('takes away what propagation sets too, and only that: %s', (_what, headers, rest) => {
  propagation.setGlobalPropagator({
    fields: () => ['traceparent', 'baggage'],
    inject: (_context, carrier, setter) => setter.set(carrier, 'traceparent', 'new'),
    extract: (context) => context,
  })
  const request = { origin: 'https://evil.test', headers, addHeader: () => expect.fail('added') }
  addTo(request, SPAN)
  expect(request.headers).toEqual(rest)
})
