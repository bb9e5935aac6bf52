import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyText, encodeSpanAlone, keyValuesOf, type Canonical } from './oracle.test.helper.ts'
import { spanFlags, type SpanRecord } from './span-encoder.ts'

const SPAN: SpanRecord = {
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  flags: spanFlags(1, false),
  name: 'GET /checkout/:id',
  kind: 1,
  startTime: [1_765_000_000, 1],
  endTime: [1_765_000_001, 2],
}
const hex = (digits: number): fc.Arbitrary<string> =>
  fc
    .string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: digits, maxLength: digits })
    .filter((id) => /[1-9a-f]/.test(id))
const text = anyText({ maxLength: 200 }).map((one) => one.toWellFormed())
const attributes = fc.dictionary(
  text.filter((key) => key !== ''),
  fc.oneof(text, fc.integer(), fc.boolean(), fc.double()),
  { maxKeys: 6 },
)
const nanos = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const count = fc.integer({ min: 0, max: 2 ** 31 })

it('writes any span so that protobufjs reads the same', () => {
  const event = fc.record({ name: text, time: nanos, attributes, droppedAttributesCount: count })
  const link = fc.record({ traceId: hex(32), spanId: hex(16), flags: fc.nat(0xffff), traceState: text, attributes })
  const span = fc.record({
    traceId: hex(32),
    spanId: hex(16),
    parentSpanId: fc.oneof(hex(16), fc.constant('')),
    traceState: text,
    flags: fc.nat(0xffff_ffff),
    name: text,
    kind: fc.nat(4),
    startTime: nanos,
    endTime: nanos,
    attributes,
    droppedAttributesCount: count,
    events: fc.array(event, { maxLength: 4 }),
    droppedEventsCount: count,
    links: fc.array(link, { maxLength: 4 }),
    droppedLinksCount: count,
    statusCode: fc.nat(2),
    statusMessage: text,
  })
  fc.assert(
    fc.property(span, (given) => {
      const { record, losses } = encodeSpanAlone(given)
      const { startTime, endTime, statusCode, statusMessage, kind, ...same } = given
      const { status, ...rest } = record
      expect(rest).toEqual({
        ...same,
        kind: kind + 1,
        startTimeUnixNano: startTime.toString(),
        endTimeUnixNano: endTime.toString(),
        attributes: keyValuesOf(given.attributes),
        events: given.events.map(({ time, ...of }) => ({
          ...of,
          timeUnixNano: time.toString(),
          attributes: keyValuesOf(of.attributes),
        })),
        links: given.links.map((of) => ({ ...of, attributes: keyValuesOf(of.attributes), droppedAttributesCount: 0 })),
      })
      expect(status ?? { code: 0, message: '' }).toEqual({ code: statusCode, message: statusMessage })
      expect(losses).toEqual({})
    }),
    { numRuns: 200 },
  )
})

it('takes ids as hexadecimal digits of either case, or as words, signed or not', () => {
  const inHex = encodeSpanAlone({ ...SPAN, parentSpanId: '00000000ffffffff' })
  const upper = {
    traceId: '5B8EFFF798038103D269B633813FC60C',
    spanId: 'EEE19B7EC3C1B174',
    parentSpanId: '00000000FFFFFFFF',
  }
  const words = {
    traceId: [0x5b8efff7, 0x98038103, 0xd269b633, 0x813fc60c],
    spanId: [0xeee19b7e | 0, 0xc3c1b174 | 0],
    parentSpanId: Int32Array.of(0, -1),
  }
  expect(inHex.record).toMatchObject({ traceId: SPAN.traceId, spanId: SPAN.spanId, parentSpanId: '00000000ffffffff' })
  expect(encodeSpanAlone({ ...SPAN, ...upper }).bytes).toEqual(inHex.bytes)
  expect(encodeSpanAlone({ ...SPAN, ...words }).bytes).toEqual(inHex.bytes)
})

it.each<[what: string, id: SpanRecord['traceId']]>([
  ['31 digits', '5b8efff798038103d269b633813fc60'],
  ['33 digits', '5b8efff798038103d269b633813fc60c0'],
  ['a character that is no digit', '5b8efff798038103d269b633813fc60g'],
  [
    'a character that ends in the bits of a digit',
    `5b8efff798038103d269b633813fc60${String.fromCharCode(0x80 + 0x30)}`,
  ],
  ['zeros alone', '0'.repeat(32)],
  ['three words', [1, 2, 3]],
  ['four words of zero', [0, 0, 0, 0]],
])('leaves out a trace id of %s, for which a receiver would refuse the whole request', (_what, traceId) => {
  const { record, losses } = encodeSpanAlone({ ...SPAN, traceId })
  expect(record).toMatchObject({ traceId: '', name: SPAN.name })
  expect(losses).toEqual({ id_invalid: 1 })
})

it('takes no parent for what it is: none, not a malformed one', () => {
  for (const parentSpanId of [undefined, '']) {
    const { record, losses } = encodeSpanAlone({ ...SPAN, parentSpanId })
    expect(record['parentSpanId']).toBe('')
    expect(losses).toEqual({})
  }
})

it('tells in the flags whether the parent is remote', () => {
  expect(encodeSpanAlone({ ...SPAN, flags: spanFlags(1, true) }).record['flags']).toBe(0x301)
  expect(encodeSpanAlone({ ...SPAN, flags: spanFlags(0x1ff, false) }).record['flags']).toBe(0x1ff)
})

describe.each([
  ['events', 'droppedEventsCount', 'spanEvents', 'event_limit', (i: number) => ({ name: `e${i}`, time: 1 })],
  [
    'links',
    'droppedLinksCount',
    'spanLinks',
    'link_limit',
    (i: number) => ({ traceId: [0, 0, 0, i + 1], spanId: [0, 1], flags: 0, traceState: `e${i}` }),
  ],
] as const)('the limit of %s', (member, dropped, limit, reason, make) => {
  const some = (length: number): object => ({ [member]: Array.from({ length }, (_, i) => make(i)) })

  it('keeps the last ones and counts the others', () => {
    const { record, losses } = encodeSpanAlone({ ...SPAN, ...some(5), [dropped]: 2 }, { limits: { [limit]: 3 } })
    expect((record[member] as Canonical[]).map((one) => one['name'] ?? one['traceState'])).toEqual(['e2', 'e3', 'e4'])
    expect(record[dropped]).toBe(4)
    expect(losses).toEqual({ [reason]: 2 })
  })

  it('is 128 by default', () => {
    expect(encodeSpanAlone({ ...SPAN, ...some(128) }).losses).toEqual({})
    expect(encodeSpanAlone({ ...SPAN, ...some(129) }).losses).toEqual({ [reason]: 1 })
  })

  it('gives way to the bound of the record', () => {
    const long = { attributes: { text: 'x'.repeat(1000) } }
    const many = { [member]: Array.from({ length: 20 }, (_, i) => ({ ...make(i), ...long })) }
    const { record, losses, bytes } = encodeSpanAlone({ ...SPAN, ...many }, { limits: { recordBytes: 4096 } })
    const written = (record[member] as unknown[]).length
    expect(written).toBeGreaterThan(1)
    expect(record[dropped]).toBe(20 - written)
    expect(losses.record_size).toBeGreaterThanOrEqual(20 - written)
    expect(bytes.length).toBeLessThan(4096 + 2048)
  })
})

it('does not cut a status message or tracestate to the limit of values', () => {
  const long = 'x'.repeat(5000)
  const { record, losses } = encodeSpanAlone(
    {
      ...SPAN,
      traceState: long,
      attributes: { a: 'xyz' },
      statusCode: 2,
      statusMessage: long,
      events: [{ name: long, time: 1 }],
    },
    { limits: { spanValueLength: 2 } },
  )
  expect(record).toMatchObject({ traceState: long, status: { message: long }, events: [{ name: long }] })
  expect(losses).toEqual({ value_length: 1 })
})

it('cuts attributes of events and links by their own limits', () => {
  const attributes = { a: 'abcd', b: 1, c: 2 }
  const { record } = encodeSpanAlone(
    {
      ...SPAN,
      events: [{ name: 'e', time: 1, attributes }],
      links: [{ traceId: [1, 0, 0, 0], spanId: [1, 0], flags: 0, attributes }],
    },
    { limits: { eventAttributes: 1, linkAttributes: 2, spanValueLength: 3 } },
  )
  expect(record).toMatchObject({
    events: [{ attributes: keyValuesOf({ a: 'abc' }), droppedAttributesCount: 2 }],
    links: [{ attributes: keyValuesOf({ a: 'abc', b: 1 }), droppedAttributesCount: 1 }],
  })
})

it.each([-1, 5, 6, 7, 1.5, Number.NaN, '3'])('writes an internal span for the kind %s, which is none', (kind) => {
  expect(encodeSpanAlone({ ...SPAN, kind: kind as number }).record.kind).toBe(1)
})

it.each([-1, 3, 7, 1.5, '2'])('leaves the status unset for %s, which is none', (statusCode) => {
  const { record } = encodeSpanAlone({ ...SPAN, statusCode: statusCode as number, statusMessage: 'why' })
  expect(record.status).toEqual({ message: 'why', code: 0 })
})
