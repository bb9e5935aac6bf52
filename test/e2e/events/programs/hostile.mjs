import { audit, business, getLogger, performance, runJob, security, technical, withContext } from '@plutus/events'

// Values that no type would let through, one after the other under each way to record.
const trap = () => {
  throw new Error('trap')
}
const circle = { list: [] }
circle.list.push(circle)
const { proxy: revoked, revoke } = Proxy.revocable({}, {})
revoke()
let deep = 'the end'
for (let i = 0; i < 1_000; i++) deep = { deep }
const brokenError = Object.defineProperties(new Error('e'), {
  stack: { get: trap },
  message: { get: trap },
  name: { get: trap },
  cause: { get: trap },
})
const VALUES = [
  undefined,
  null,
  circle,
  revoked,
  new Proxy({}, { get: trap, ownKeys: trap, getPrototypeOf: trap, has: trap, getOwnPropertyDescriptor: trap }),
  new Proxy([], { get: trap }),
  new Proxy(() => 1, { get: trap }),
  2n ** 200n,
  Symbol('symbol'),
  'x'.repeat(1_000_000),
  '\ud800'.repeat(1_000),
  '\u0000\u001b[31m',
  Number.NaN,
  -0,
  Number.NEGATIVE_INFINITY,
  new Date(Number.NaN),
  Array.from({ length: 3 }),
  Object.assign([], { length: 2 ** 32 - 1 }),
  new Float64Array(100_000),
  new Uint8Array(100_000),
  new ArrayBuffer(8),
  new SharedArrayBuffer(8),
  new Map([[circle, circle]]),
  new Set([circle, revoked]),
  new WeakMap(),
  Promise.resolve(1),
  Object.create(null),
  JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": 1}}'),
  Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, i])),
  { toString: trap, toJSON: trap, valueOf: trap, [Symbol.toPrimitive]: trap },
  deep,
  brokenError,
]
const WAYS = [
  (value) => getLogger('hostile').info(value, value),
  (value) =>
    getLogger('hostile')
      .child({ value })
      .error('x', { value, [Symbol('key')]: value }),
  (value) => withContext({ value }, () => getLogger('hostile').warn('x')),
  (value) => business.paymentAttempt({ 'payment.id': value, 'payment.amount': value, 'payment.currency': value }),
  (value) => security.loginFailure(value),
  (value) => audit.action({ 'audit.actor.id': value, 'audit.before': value, 'audit.after': value }),
  (value) => performance.timed(value, () => 1, { fields: { value }, slowMillis: value }),
  (value) => runJob(value, () => 1, { id: value, attempt: value, fields: { value } }),
  (value) => technical.externalCall({ 'service.peer.name': value }),
  (value) => technical.externalCall('rates', (call) => call.status(value)),
]

let thrown = 0
for (const record of WAYS) {
  for (const value of VALUES) {
    try {
      record(value)
    } catch (error) {
      thrown++
      console.log(String(record), VALUES.indexOf(value), error)
    }
  }
}
// A job is told twice: its start and its end.
console.log(JSON.stringify({ recorded: (WAYS.length + 1) * VALUES.length, thrown, polluted: {}.polluted }))
