import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteBuffer } from './byte-buffer.ts'
import { createEncoder } from './encoder.ts'
import { anyText, encodeLogAlone, encodeSpanAlone, keyValuesOf, type Canonical } from './oracle.test.helper.ts'

const attributesOf = (attributes: object): unknown =>
  encodeLogAlone({ attributes: attributes as Record<string, unknown> }).record['attributes']
const keysOf = (record: Canonical): unknown[] =>
  (record['attributes'] as Canonical[]).map((attribute) => attribute['key'])
const numbered = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]))

describe('attributes', () => {
  it('are read by protobufjs as they were given, whatever came before them', () => {
    const key = fc.oneof(
      fc.constantFrom(
        'http.request.method',
        'url.path',
        'a',
        'schlüssel',
        'k'.repeat(95),
        'k'.repeat(127),
        'k'.repeat(300),
      ),
      anyText({ minLength: 1, maxLength: 20 }),
      fc.string({ unit: fc.constantFrom('a', 'b', '.'), minLength: 1, maxLength: 24 }),
    )
    const value = fc.oneof(
      fc.constantFrom('GET', 'POST', '/checkout', 'größe', '', true, false, null, 'x'.repeat(120), 'x'.repeat(121)),
      anyText({ maxLength: 140 }),
      fc.string({ maxLength: 140 }),
      fc.integer(),
      fc.constantFrom(0, -0, -1, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32, 2 ** 63, -(2 ** 63)),
      fc.double(),
      fc.maxSafeInteger(),
      fc.array(fc.string()),
    )
    const groups = fc.array(fc.dictionary(key, value, { maxKeys: 12 }), { minLength: 1, maxLength: 8 })
    const encoder = createEncoder()
    fc.assert(
      fc.property(groups, (all) => {
        // One encoder for all: what it remembers of one record must not show in another.
        const out = new ByteBuffer(16)
        for (const attributes of all) {
          out.position = 0
          encoder.encodeLogRecord(out, { attributes })
          const fresh = encodeLogAlone({ attributes })
          expect(fresh.record['attributes']).toEqual(keyValuesOf(attributes))
          expect(Buffer.from(out.written()).equals(fresh.bytes)).toBe(true)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('may be an object or pairs', () => {
    const { record } = encodeLogAlone({ attributes: { a: 1 }, attributePairs: ['b', 'x', 'c', undefined, 'd', true] })
    expect(record['attributes']).toEqual(keyValuesOf({ a: 1, b: 'x', d: true }))
  })

  it('come to an end, whatever length they claim', () => {
    const { record, losses } = encodeLogAlone({ attributePairs: Object.assign(['a', 1], { length: 4_000_000_000 }) })
    expect(record['attributes']).toEqual(keyValuesOf({ a: 1 }))
    expect(losses.attribute_limit).toBeGreaterThan(1e9)
  })

  it('are only those that an object has itself', () => {
    expect(
      attributesOf(Object.create({ inherited: 1 }, { own: { value: 2, enumerable: true }, hidden: { value: 3 } })),
    ).toEqual(keyValuesOf({ own: 2 }))
  })

  it('are dropped for an empty key, a function or a symbol, and counted in the record', () => {
    const { record, losses } = encodeLogAlone({
      attributes: { '': 1, f: () => 1, s: Symbol('s'), undef: undefined, a: 1 },
    })
    expect(record['attributes']).toEqual(keyValuesOf({ a: 1 }))
    expect(record['droppedAttributesCount']).toBe(3)
    expect(losses).toEqual({ attribute_invalid: 3 })
  })

  it('survive one that throws when it is read', () => {
    const attributes = {
      a: 1,
      get b(): never {
        throw new Error('no')
      },
      c: 'x',
    }
    const { record, losses } = encodeLogAlone({ attributes })
    expect(record['attributes']).toEqual(keyValuesOf({ a: 1, b: '[unreadable]', c: 'x' }))
    expect(losses).toEqual({ unreadable: 1 })
  })

  it('are lost, but not the record, when they do not tell their keys', () => {
    const attributes = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no')
        },
      },
    )
    const { record, losses } = encodeLogAlone({ attributes, body: 'kept' })
    expect(record['body']).toEqual({ stringValue: 'kept' })
    expect(losses).toEqual({ unreadable: 1 })
  })
})

describe('the limit of number', () => {
  it('keeps the first ones and counts the others', () => {
    const limits = { logAttributes: 2 }
    expect(keysOf(encodeLogAlone({ attributes: numbered(2) }, { limits }).record)).toEqual(['k0', 'k1'])
    const { record, losses } = encodeLogAlone({ attributes: numbered(5), droppedAttributesCount: 4 }, { limits })
    expect(keysOf(record)).toEqual(['k0', 'k1'])
    expect(record['droppedAttributesCount']).toBe(7)
    expect(losses).toEqual({ attribute_limit: 3 })
  })

  it('is 128 by default, and may be none', () => {
    expect(keysOf(encodeLogAlone({ attributes: numbered(129) }).record)).toHaveLength(128)
    expect(
      keysOf(encodeLogAlone({ attributes: numbered(500) }, { limits: { logAttributes: Infinity } }).record),
    ).toHaveLength(500)
  })
})

describe('the limit of length', () => {
  const limits = { logValueLength: 4 }
  it.each<[what: string, value: unknown, cut: unknown, losses: number]>([
    ['leaves a text that fits', 'abcd', 'abcd', 0],
    ['cuts a longer one', 'abcde', 'abcd', 1],
    ['cuts before a pair of surrogates rather than inside', 'abc😀', 'abc', 1],
    ['cuts texts in arrays and maps', ['abcde', { k: 'vwxyz' }], ['abcd', { k: 'vwxy' }], 2],
    ['cuts bytes', Uint8Array.of(1, 2, 3, 4, 5), Uint8Array.of(1, 2, 3, 4), 1],
    ['leaves keys and numbers', { longer: 123_456 }, { longer: 123_456 }, 0],
  ])('%s', (_what, value, cut, count) => {
    const { record, losses } = encodeLogAlone({ attributes: { value } }, { limits })
    expect(record['attributes']).toEqual(keyValuesOf({ value: cut }))
    expect(losses.value_length ?? 0).toBe(count)
  })

  it('cuts a text that was remembered in full under another limit', () => {
    const encoder = createEncoder({ limits: { spanValueLength: 3 } })
    const out = new ByteBuffer()
    for (let i = 0; i < 3; i++) encoder.encodeLogRecord(out, { attributes: { k: 'abcdef' } })
    out.position = 0
    const ids = { traceId: [1, 2, 3, 4], spanId: [1, 2], flags: 0, name: 'n', kind: 0, startTime: 1, endTime: 2 }
    encoder.encodeSpan(out, { ...ids, attributes: { k: 'abcdef' } })
    expect(Buffer.from(out.written()).includes('abcd')).toBe(false)
    expect(
      encodeSpanAlone({ ...ids, attributes: { k: 'abcdef' } }, { limits: { spanValueLength: 3 } }).record['attributes'],
    ).toEqual(keyValuesOf({ k: 'abc' }))
  })

  it('does not hold for a log body, an event name or a severity text', () => {
    const { record } = encodeLogAlone({ body: 'abcdefgh', eventName: 'abcdefgh', severityText: 'abcdefgh' }, { limits })
    expect(record).toMatchObject({ body: { stringValue: 'abcdefgh' }, eventName: 'abcdefgh', severityText: 'abcdefgh' })
  })
})
