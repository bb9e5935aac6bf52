import { runInNewContext } from 'node:vm'
import { logs, SeverityNumber } from '@opentelemetry/api'
import { CATALOGUE } from '@plutus/conventions'
import * as fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { withContext } from './context.ts'
import { getLogger } from './logger.ts'
import { audit, business, performance, security, technical } from './loggers.ts'
import { recordLogs } from './recording.test.support.ts'
import type { Fields } from './scope.ts'

const LEGACY = Symbol.for('io.opentelemetry.js.api.logs')
const records = recordLogs()
const legacy: unknown[] = []

it('records a message with its severity, class and fields', () => {
  getLogger('payments').warn('Payment late', { 'payment.id': 'pay_1', tries: 2 })
  expect(records).toMatchObject([
    {
      logger: 'payments',
      severityNumber: SeverityNumber.WARN,
      severityText: 'WARN',
      body: 'Payment late',
      attributes: { 'payment.id': 'pay_1', tries: 2, 'plutus.data.class': 'application' },
    },
  ])
  expect(records[0]).not.toHaveProperty('eventName')
  expect(records[0]?.attributes).not.toHaveProperty('log.record.uid')
})

it.each([
  ['debug', false],
  ['info', true],
  ['warn', true],
  ['error', true],
  ['fatal', true],
] as const)('lets %s through at the default level: %s', (severity, passes) => {
  const logger = getLogger('payments')
  logger[severity]('x')
  expect(records).toHaveLength(passes ? 1 : 0)
  expect(logger.enabled(severity)).toBe(passes)
})

it('adds the fields of its children, and the nearer value wins', () => {
  const logger = getLogger('payments').child({ tenant: 'a', shop: 1 }).child({ tenant: 'b' })
  withContext({ tenant: 'context', region: 'eu' }, () => logger.info('x', { shop: 2 }))
  expect(records[0]?.attributes).toMatchObject({ tenant: 'b', shop: 2, region: 'eu' })
})

it.each([
  ['as message', (error: Error) => getLogger('a').error(error)],
  ['as fields', (error: Error) => getLogger('a').error('Capture failed', error)],
  ['under a key', (error: Error) => getLogger('a').error('Capture failed', { err: error })],
])('describes an error passed %s with its causes and its provider code', (_how, log) => {
  const cause = new TypeError('socket closed')
  log(Object.assign(new RangeError('declined', { cause }), { code: 'card_declined', decline_code: 'do_not_honor' }))
  const attributes = records[0]?.attributes
  expect(attributes).toMatchObject({
    'exception.type': 'RangeError',
    'exception.message': 'declined',
    'error.code': 'card_declined',
    'payment.decline_code': 'do_not_honor',
  })
  expect(attributes?.['exception.stacktrace']).toMatch(
    /^RangeError: declined\n[^]*\nCaused by: TypeError: socket closed\n/,
  )
})

it('ends a circle of causes', () => {
  const error = new Error('a')
  error.cause = new Error('b', { cause: error })
  getLogger('a').error(error)
  expect(String(records[0]?.attributes['exception.stacktrace']).match(/Caused by/g)).toHaveLength(1)
})

it('tells the errors that an error stands for, eight in all with their causes', () => {
  const refused = new Error('refused', { cause: new Error('no route') })
  const both = new AggregateError([refused, 'text', new Error('timed out')], '')
  getLogger('a').error('Capture failed', new TypeError('fetch failed', { cause: both }))
  const stack = (at: number): string => String(records[at]?.attributes['exception.stacktrace'])
  expect(stack(0).match(/Caused by: \w+(: [\w ]+)?/g)).toEqual([
    'Caused by: AggregateError',
    'Caused by: Error: refused',
    'Caused by: Error: timed out',
    'Caused by: Error: no route',
  ])
  getLogger('a').error(
    new AggregateError(
      Array.from({ length: 100 }, () => new Error('x')),
      'many',
    ),
  )
  expect(stack(1).match(/Caused by/g)).toHaveLength(8)
  const { proxy, revoke } = Proxy.revocable([], {})
  revoke()
  getLogger('a').error(Object.assign(new Error('hostile'), { errors: proxy }))
  expect(stack(2)).toMatch(/^Error: hostile/)
})

it('describes an error of another realm', () => {
  getLogger('a').error('x', runInNewContext('new RangeError("far away")') as Error)
  expect(records[0]?.attributes).toMatchObject({
    'exception.type': 'RangeError',
    'exception.message': 'far away',
  })
})

it('names the class of an error that never set its name', () => {
  class DeclinedError extends Error {}
  getLogger('a').error(new DeclinedError('no'))
  expect(records[0]?.attributes['exception.type']).toBe('DeclinedError')
})

it('takes values that no exporter could write', () => {
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  const fields = {
    big: 2n ** 60n,
    small: 5n,
    date: new Date(0),
    map: new Map([['a', 1]]),
    set: new Set([1]),
    symbol: Symbol('s'),
    fn: function capture() {},
    none: undefined,
    circle,
    get broken(): never {
      throw new Error('no')
    },
  }
  getLogger('a').info('x', fields)
  expect(records[0]?.attributes).toMatchObject({
    big: '1152921504606846976',
    small: 5,
    date: '1970-01-01T00:00:00.000Z',
    map: { a: 1 },
    set: [1],
    symbol: 'Symbol(s)',
    fn: '[function capture]',
    broken: '[unreadable]',
  })
  expect(records[0]?.attributes).not.toHaveProperty('none')
  expect(JSON.stringify(records[0]?.attributes['circle'])).toContain('[too deep]')
})

it('takes an object for what its toJSON says', () => {
  class Token {
    readonly value = ['not', 'to', 'be', 'seen'].join('-')
    toJSON(): string {
      return 'token'
    }
  }
  class Account {
    readonly id = 'a1'
    readonly token = new Token()
    toJSON(): object {
      return { id: this.id }
    }
  }
  const broken = {
    toJSON: () => {
      throw new Error('no')
    },
  }
  getLogger('a').info('x', { token: new Token(), list: [new Token()], url: new URL('https://shop.example/a'), broken })
  getLogger('a').info('x', new Account() as unknown as Fields)
  getLogger('a').info('x', new Token() as unknown as Fields)
  getLogger('a').info('x', broken)
  expect(records.map(({ attributes: { 'plutus.data.class': _class, ...own } }) => own)).toEqual([
    { token: 'token', list: ['token'], url: 'https://shop.example/a', broken: '[unreadable]' },
    { id: 'a1' },
    { 'plutus.value': 'token' },
    { 'plutus.value': '[unreadable]' },
  ])
})

it.each([
  ['a record', (fields: Fields) => getLogger('a').info('x', fields)],
  ['a child', (fields: Fields) => getLogger('a').child(fields).child({ b: 1 }).info('x', { c: 1 })],
  ['the context', (fields: Fields) => withContext(fields, () => withContext({ b: 1 }, () => getLogger('a').info('x')))],
  ['a record beside an error', (fields: Fields) => getLogger('a').info('x', { ...fields, err: new Error('no') })],
  ['an event', (fields: Fields) => business.event({ 'business.event.type': 'x', ...fields })],
])('keeps a key named __proto__ as a key of %s', (_what, log) => {
  log(JSON.parse('{"__proto__": {"polluted": true}, "ok": 1}') as Fields)
  const attributes = records[0]?.attributes ?? {}
  expect(Object.keys(attributes)).toContain('__proto__')
  expect(attributes['ok']).toBe(1)
  expect(attributes['polluted']).toBeUndefined()
  expect(({} as Fields)['polluted']).toBeUndefined()
})

it('cuts a record of more than a thousand fields and keeps its class and id', () => {
  const fields = (count: number): Fields => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]))
  getLogger('a').info('x', fields(999))
  getLogger('a').info('x', fields(1_000))
  business.event({ 'business.event.type': 'x', ...fields(2_000) })
  expect(records.map(({ attributes }) => [attributes['k998'], attributes['k999'], attributes['k1000']])).toEqual([
    [998, undefined, undefined],
    [998, 999, undefined],
    [998, undefined, undefined],
  ])
  expect(records.map(({ attributes }) => attributes['plutus.data.class'])).toEqual([
    'application',
    'application',
    'payment',
  ])
  expect(records[2]?.attributes['log.record.uid']).toHaveLength(26)
})

it('goes over to an SDK that comes late, and to another one after it', () => {
  const logger = getLogger('late')
  const register = (): string[] => {
    const names: string[] = []
    const emit = (record: { body?: unknown }): void => void names.push(String(record.body))
    logs.setGlobalLoggerProvider({ getLogger: () => ({ emit, enabled: () => true }) })
    return names
  }
  logs.disable()
  logger.info('to nobody')
  const first = register()
  logger.info('to the first')
  logs.disable()
  const second = register()
  logger.info('to the second')
  expect([first, second]).toEqual([['to the first'], ['to the second']])
})

it.each([
  [
    'of the 2.x line, which has another global',
    { emit: (record: { body?: unknown }) => void legacy.push(record.body) },
    ['x'],
  ],
  ['of the 2.x line that takes no record', { emit: () => void legacy.push('emitted'), enabled: () => false }, []],
])('records with an SDK %s', (_which, otelLogger, expected) => {
  logs.disable()
  legacy.length = 0
  const global = globalThis as { [LEGACY]?: unknown }
  global[LEGACY] = (version: number) => (version === 1 ? { getLogger: () => otelLogger } : undefined)
  onTestFinished(() => void delete global[LEGACY])
  getLogger('a').info('x')
  expect(legacy).toEqual(expected)
})

const trap = (): never => {
  throw new Error('trap')
}
const hostile = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
  }),
  fc.constant(new Proxy({}, { get: trap, ownKeys: trap, getPrototypeOf: trap })),
  fc.constant(new Proxy([], { get: trap })),
  fc.constant({ toString: trap, toJSON: trap }),
  fc.constant('x'.repeat(1_000_000)),
  fc.constant(Object.defineProperty(new Error('e'), 'stack', { get: trap })),
  fc.constant(Object.defineProperty(new Error('e'), 'message', { get: trap })),
)

it('makes a logger of whatever is given as its name', () => {
  fc.assert(
    fc.property(hostile, (name) => {
      records.length = 0
      const logger = getLogger(name as string)
      logger.enabled(name as 'info')
      logger.info('x')
      expect(records).toHaveLength(1)
    }),
  )
})

it('records whatever it is given, once, and never throws', () => {
  const logger = getLogger('a')
  fc.assert(
    fc.property(hostile, hostile, (message, fields) => {
      records.length = 0
      logger.info(message as string, fields as Record<string, unknown>)
      expect(records).toHaveLength(1)
    }),
    { numRuns: 300 },
  )
})

it('records every event once whatever it is given, marks what breaks its definition, and never throws', () => {
  type Methods = Readonly<Record<string, (fields?: unknown) => void>>
  const loggers = { audit, business, performance, security, technical } as unknown as Readonly<Record<string, Methods>>
  const anEvent = fc.constantFrom(...CATALOGUE)
  const someFields = anEvent.chain((event) =>
    fc.tuple(
      fc.constant(event),
      fc.oneof(hostile, fc.dictionary(fc.constantFrom(...Object.keys(event.attributes), '__proto__', 'x'), hostile)),
    ),
  )
  fc.assert(
    fc.property(someFields, ([event, fields]) => {
      records.length = 0
      loggers[event.logger]?.[event.method]?.(fields)
      expect(records).toHaveLength(1)
      expect(records[0]).toMatchObject({ eventName: event.name, attributes: { 'plutus.data.class': event.class } })
      const isMissing = Object.keys(event.attributes).some(
        (name) => event.attributes[name]?.required === true && records[0]?.attributes[name] === undefined,
      )
      expect(isMissing && records[0]?.attributes['plutus.event.invalid'] !== true).toBe(false)
    }),
    { numRuns: 500 },
  )
})

it('leaves the values of the caller alone', () => {
  const fields = Object.freeze({ nested: Object.freeze({ list: Object.freeze([1, { a: 2 }]) }) })
  getLogger('a').info('x', fields)
  expect(records[0]?.attributes['nested']).toEqual({ list: [1, { a: 2 }] })
  expect(records[0]?.attributes['nested']).not.toBe(fields.nested)
})
