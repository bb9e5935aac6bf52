import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyText, anyValueOf, encodeLogAlone, type Canonical } from './oracle.test.helper.ts'

const bodyOf = (body: unknown): unknown => encodeLogAlone({ body }).record['body']
const text = (stringValue: string): Canonical => ({ stringValue })
const map = (...members: [key: string, value: Canonical][]): Canonical => ({
  kvlistValue: { values: members.map(([key, value]) => ({ key, value })) },
})

it('writes any JSON-like value, bigint or bytes so that protobufjs reads the same', () => {
  const leaf = fc.oneof(
    anyText({ maxLength: 300 }),
    fc.boolean(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double(),
    fc.constantFrom(null, undefined, -0, 2 ** 63, -(2 ** 63), 2 ** 53, 2 ** 32, 2 ** 32 - 1, 127, 128, 16_383, 16_384),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
    fc.uint8Array({ maxLength: 200 }),
  )
  const value = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(anyText(), tie('value'), { maxKeys: 5 }),
    ),
  })).value
  fc.assert(
    fc.property(
      value.filter((body) => body !== undefined),
      (body) => {
        expect(bodyOf(body)).toEqual(anyValueOf(body))
      },
    ),
    { numRuns: 300 },
  )
})

describe('values that JSON does not have', () => {
  class Order {
    readonly id = 'o1'
    readonly #secret = 's'
    total(): number {
      return this.#secret.length
    }
  }
  it.each<[what: string, value: unknown, expected: Canonical]>([
    ['a date as ISO 8601', new Date(0), text('1970-01-01T00:00:00.000Z')],
    ['a date that is none by that name', new Date(Number.NaN), text('Invalid Date')],
    ['a URL as text', new URL('http://h/p?q=1'), text('http://h/p?q=1')],
    ['a regular expression as text', /a+/g, text('/a+/g')],
    [
      'a Map as a map',
      new Map<unknown, unknown>([
        ['a', 1],
        [2, 'b'],
      ]),
      map(['a', { intValue: '1' }], ['2', text('b')]),
    ],
    ['a Set as an array', new Set(['a']), { arrayValue: { values: [text('a')] } }],
    ['an ArrayBuffer as bytes', Uint8Array.of(1, 2).buffer, { bytesValue: 'AQI=' }],
    ['a DataView as bytes', new DataView(Uint8Array.of(1, 2, 3).buffer, 1), { bytesValue: 'AgM=' }],
    ['other typed arrays as numbers', Int16Array.of(-1), { arrayValue: { values: [{ intValue: '-1' }] } }],
    ['boxed primitives as what they hold', Object('x'), text('x')],
    ['an instance by its own properties', new Order(), map(['id', text('o1')])],
    ['what toJSON gives', { toJSON: () => ({ a: 1 }) }, map(['a', { intValue: '1' }])],
    ['an object without prototype', Object.assign(Object.create(null), { a: true }), map(['a', { boolValue: true }])],
    [
      'holes and functions in an array as empty values',
      [undefined, () => 1, 'x'],
      { arrayValue: { values: [{}, {}, text('x')] } },
    ],
    ['not a number', Number.NaN, { doubleValue: Number.NaN }],
    ['infinity', -Infinity, { doubleValue: -Infinity }],
  ])('tells %s', (_what, value, expected) => {
    expect(bodyOf(value)).toEqual(expected)
  })

  it('tells an error by its type, message, stack, cause and own properties', () => {
    const error = Object.assign(new TypeError('broken', { cause: 'why' }), { code: 'E1' })
    expect(bodyOf(error)).toEqual(
      map(
        ['exception.type', text('TypeError')],
        ['exception.message', text('broken')],
        ['exception.stacktrace', text(error.stack ?? '')],
        ['cause', text('why')],
        ['code', text('E1')],
      ),
    )
  })

  it('leaves out of a map what cannot be told, and counts it', () => {
    const { record, losses } = encodeLogAlone({ body: { a: 1, f: () => 1, s: Symbol('s'), u: undefined } })
    expect(record['body']).toEqual(map(['a', { intValue: '1' }]))
    expect(losses).toEqual({ attribute_invalid: 2 })
  })
})

describe('values that misbehave', () => {
  const revoked = (): object => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  }
  it.each<[what: string, value: unknown]>([
    ['a revoked Proxy', revoked()],
    [
      'a Proxy that throws for its keys',
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no')
          },
        },
      ),
    ],
    [
      'a toJSON that throws',
      {
        toJSON: () => {
          throw new Error('no')
        },
      },
    ],
    [
      'an array whose element throws',
      Object.defineProperty([1, 2], 1, {
        get: () => {
          throw new Error('no')
        },
      }),
    ],
  ])('marks %s as unreadable', (_what, value) => {
    const { record, losses } = encodeLogAlone({ body: value })
    expect(record['body']).toEqual(text('[unreadable]'))
    expect(losses).toEqual({ unreadable: 1 })
  })

  it('marks only the member that throws', () => {
    const { record } = encodeLogAlone({
      body: {
        a: 1,
        get b(): never {
          throw new Error('no')
        },
        c: 3,
      },
    })
    expect(record['body']).toEqual(map(['a', { intValue: '1' }], ['b', text('[unreadable]')], ['c', { intValue: '3' }]))
  })

  it('marks a cycle where it closes, and tells the same object twice when it is no cycle', () => {
    const shared = { x: 1 }
    const body: Record<string, unknown> = { first: shared, second: shared }
    body['self'] = { again: body }
    const { record, losses } = encodeLogAlone({ body })
    const told = map(['x', { intValue: '1' }])
    expect(record['body']).toEqual(map(['first', told], ['second', told], ['self', map(['again', text('[circular]')])]))
    expect(losses).toEqual({ cycle: 1 })
  })

  it('does not follow a toJSON that never comes to an end', () => {
    const endless = { toJSON: (): unknown => ({ ...endless }) }
    expect(encodeLogAlone({ body: endless }).losses).toEqual({ depth: 1 })
  })

  it('tells 31 maps inside one another, and cuts the next', () => {
    const nested = (levels: number): unknown => (levels === 0 ? 'x' : { a: nested(levels - 1) })
    expect(bodyOf(nested(31))).toEqual(anyValueOf(nested(31)))
    const { record, losses } = encodeLogAlone({ attributes: { a: nested(32) } })
    expect(JSON.stringify(record)).toContain('[too deep]')
    expect(losses).toEqual({ depth: 1 })
  })

  it.each<[what: string, value: unknown]>([
    ['an array', Array.from({ length: 11 }, (_, i) => i)],
    ['a sparse array', Object.assign([], { length: 4_000_000_000 })],
    ['a typed array', new Float64Array(11)],
    ['a Set', new Set(Array.from({ length: 11 }, (_, i) => i))],
    ['a Map', new Map(Array.from({ length: 11 }, (_, i) => [i, i]))],
    ['a map', Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`k${i}`, i]))],
  ])('cuts %s after the allowed number of elements, and marks it', (_what, body) => {
    const { record, losses } = encodeLogAlone({ body }, { limits: { elements: 10 } })
    const { arrayValue, kvlistValue } = record['body'] as { arrayValue?: Canonical; kvlistValue?: Canonical }
    const values = (arrayValue ?? kvlistValue)?.['values'] as Canonical[]
    expect(values).toHaveLength(11)
    expect(JSON.stringify(values.at(-1))).toContain('[cut]')
    expect(losses).toEqual({ elements: 1 })
  })

  it.each<[what: string, value: unknown]>([
    ['a text', 'x'.repeat(1e6)],
    ['a text of three bytes a character', '€'.repeat(1e6)],
    ['bytes', new Uint8Array(1e6)],
    ['a wide tree', Array.from({ length: 50 }, () => Array.from({ length: 50 }, () => ({ key: 'value'.repeat(9) })))],
    ['a map with huge keys', { ['k'.repeat(1e6)]: 1, after: 2 }],
    ['a huge bigint', 10n ** 100_000n],
  ])('keeps a record with %s within its bound', (_what, body) => {
    const { record, losses, bytes } = encodeLogAlone({ body, attributes: { body } }, { limits: { recordBytes: 4096 } })
    expect(record).not.toEqual({})
    expect(bytes.length).toBeLessThan(4096 + 5000)
    expect(Object.keys(losses).length).toBeGreaterThan(0)
  })
})
