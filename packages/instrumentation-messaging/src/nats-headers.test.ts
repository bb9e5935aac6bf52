import { createRequire } from 'node:module'
import * as fc from 'fast-check'
import { context, propagation, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { beforeAll, expect, it } from 'vitest'
import { addTraceContext, readTraceContext } from './nats-headers.ts'

interface Headers extends Iterable<[string, string[]]> {
  set(name: string, value: string): void
  append(name: string, value: string): void
  get(name: string): string
  encode(): Uint8Array
}
interface HeadersClass {
  decode(bytes: Uint8Array): Headers
}

const load = createRequire(import.meta.url)
const clients = [
  [
    '3',
    load('@nats-io/transport-node') as {
      headers: (code?: number, text?: string) => Headers
      MsgHdrsImpl: HeadersClass
    },
  ],
  ['2', load('nats/lib/nats-base-client/headers.js') as { headers: () => Headers; MsgHdrsImpl: HeadersClass }],
] as const

const spanContext = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: TraceFlags.SAMPLED,
}
const active = propagation.setBaggage(
  trace.setSpanContext(ROOT_CONTEXT, spanContext),
  propagation.createBaggage({ shop: { value: 'berlin' } }),
)

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()]
  propagation.setGlobalPropagator(new CompositePropagator({ propagators }))
})

it.each(clients)(
  'carries the trace context to whoever decodes the headers (client %s)',
  (_major, { headers, MsgHdrsImpl }) => {
    for (const given of [undefined, headers()]) {
      const decoded = MsgHdrsImpl.decode(addTraceContext(given, active)!.encode())
      expect(decoded.get('traceparent')).toBe('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')
      expect(decoded.get('baggage')).toBe('shop=berlin')
      expect(trace.getSpanContext(readTraceContext(decoded))).toMatchObject({ ...spanContext, isRemote: true })
      expect(propagation.getBaggage(readTraceContext(decoded))?.getEntry('shop')?.value).toBe('berlin')
    }
  },
)

it.each(clients)(
  'keeps every header of the caller, and his object as it is (client %s)',
  (_major, { headers, MsgHdrsImpl }) => {
    const name = fc
      .stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,20}$/)
      .filter((name) => !/^(traceparent|tracestate|baggage)$/i.test(name))
    const value = fc.stringMatching(/^[ -~]{0,40}$/)
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), (entries) => {
        const given = headers()
        for (const [name, value] of entries) given.append(name, value)
        const before = [...given].map(([name, values]) => [name, [...values]])
        const decoded = MsgHdrsImpl.decode(addTraceContext(given, active)!.encode())
        expect([...given]).toEqual(before)
        const added = new Set(['traceparent', 'baggage'])
        expect([...decoded].filter(([name]) => !added.has(name))).toEqual([...MsgHdrsImpl.decode(given.encode())])
      }),
    )
  },
)

it.each(['traceparent', 'Traceparent', 'TRACEPARENT'])("adds nothing to headers with the caller's own %s", (name) => {
  const given = clients[0][1].headers()
  given.set(name, '00-11111111111111111111111111111111-2222222222222222-00')
  expect(addTraceContext(given, active)).toBeUndefined()
})

it("keeps the caller's own baggage", () => {
  const { headers, MsgHdrsImpl } = clients[0][1]
  const given = headers()
  given.set('Baggage', 'own=1')
  const decoded = MsgHdrsImpl.decode(addTraceContext(given, active)!.encode())
  expect([...decoded].map(([name]) => name)).toEqual(['Baggage', 'traceparent'])
})

it('adds nothing without a trace, and nothing to an object that it cannot read', () => {
  expect(addTraceContext(undefined, ROOT_CONTEXT)).toBeUndefined()
  expect(addTraceContext({ encode: () => new Uint8Array() }, active)).toBeUndefined()
})

it.each([undefined, null, {}, [], 'text', { [Symbol.iterator]: 1 }])('reads no trace context out of %j', (headers) => {
  expect(readTraceContext(headers)).toBe(context.active())
})
