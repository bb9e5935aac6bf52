import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { anyText, anyValueOf, encodeLogAlone, keyValuesOf } from './oracle.test.helper.ts'

const text = anyText({ maxLength: 200 }).map((one) => one.toWellFormed())

it('writes any log record so that protobufjs reads the same', () => {
  const nanos = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
  const record = fc.record({
    time: nanos,
    observedTime: nanos,
    severityNumber: fc.integer({ min: 1, max: 24 }),
    severityText: text,
    body: fc.oneof(text, fc.integer(), fc.dictionary(text, text), fc.constant(null)),
    eventName: text,
    attributes: fc.dictionary(
      text.filter((key) => key !== ''),
      fc.oneof(text, fc.double()),
      { maxKeys: 6 },
    ),
    droppedAttributesCount: fc.nat(),
    traceId: fc.constantFrom('5b8efff798038103d269b633813fc60c', '00000000000000000000000000000001'),
    spanId: fc.constantFrom('eee19b7ec3c1b174', 'ffffffffffffffff'),
    traceFlags: fc.nat(255),
  })
  fc.assert(
    fc.property(record, (given) => {
      const { time, observedTime, traceFlags, ...same } = given
      const encoded = encodeLogAlone(given)
      expect(encoded.record).toEqual({
        ...same,
        timeUnixNano: time.toString(),
        observedTimeUnixNano: observedTime.toString(),
        body: anyValueOf(given.body),
        attributes: keyValuesOf(given.attributes),
        flags: traceFlags,
      })
      expect(encoded.losses).toEqual({})
    }),
    { numRuns: 200 },
  )
})

it('writes one moment twice when the record was seen as it happened', () => {
  const time = [1_765_000_000, 5] as const
  const { record } = encodeLogAlone({ time, observedTime: time })
  expect(record).toMatchObject({ timeUnixNano: '1765000000000000005', observedTimeUnixNano: '1765000000000000005' })
})

it('leaves out a moment that cannot be told, both times', () => {
  const { record, losses } = encodeLogAlone({ time: -1, observedTime: -1, body: 'kept' })
  expect(record).toMatchObject({ timeUnixNano: '0', observedTimeUnixNano: '0', body: { stringValue: 'kept' } })
  expect(losses).toEqual({ time_invalid: 2 })
})

it('leaves everything out that is not given', () => {
  const { bytes, losses } = encodeLogAlone({})
  expect([...bytes]).toEqual([0x12, 0])
  expect(losses).toEqual({})
})

it('leaves out the span of a malformed trace id, since it would be an orphan', () => {
  const { record, losses } = encodeLogAlone({ traceId: 'x', spanId: 'eee19b7ec3c1b174', traceFlags: 1 })
  expect(record).toMatchObject({ traceId: '', spanId: '', flags: 0 })
  expect(losses).toEqual({ id_invalid: 1 })
})

it('gives back the right texts when they alternate, whatever their length and alphabet', () => {
  const texts = fc.array(
    fc.constantFrom(
      'INFO',
      'WARN',
      'ÄRGER',
      'info',
      'payment.completed',
      'payment.succeeded',
      'x'.repeat(64),
      'x'.repeat(65),
      'x'.repeat(128),
    ),
    { minLength: 1, maxLength: 60 },
  )
  fc.assert(
    fc.property(texts, (all) => {
      for (const one of all) {
        const { record } = encodeLogAlone({ severityText: one, eventName: one, body: one })
        expect(record).toMatchObject({ severityText: one, eventName: one, body: { stringValue: one } })
      }
    }),
    { numRuns: 20 },
  )
})

it.each([
  [24, 24],
  [25, 24],
  [1_000, 24],
  [0, 0],
  [-1, 0],
])('writes the severity %d as %s', (severityNumber, expected) => {
  expect(encodeLogAlone({ severityNumber }).record.severityNumber).toBe(expected)
})
