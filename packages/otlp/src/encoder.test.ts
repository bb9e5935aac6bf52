import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { ByteBuffer } from './byte-buffer.ts'
import { createEncoder, type EncoderOptions } from './encoder.ts'
import { countRecords } from './frames.ts'
import { encodeLogAlone } from './oracle.test.helper.ts'

it('never throws, and appends whole records or nothing, whatever it is given', () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withNullPrototype: true,
    withSparseArray: true,
  })
  const encoder = createEncoder()
  const out = new ByteBuffer(16)
  fc.assert(
    fc.property(
      fc.record(
        {
          traceId: anything,
          spanId: anything,
          parentSpanId: anything,
          traceState: anything,
          flags: anything,
          name: anything,
          kind: anything,
          startTime: anything,
          endTime: anything,
          time: anything,
          observedTime: anything,
          severityNumber: anything,
          severityText: anything,
          body: anything,
          eventName: anything,
          traceFlags: anything,
          attributes: anything,
          attributePairs: anything,
          prepared: anything,
          events: fc.oneof(anything, fc.array(anything)),
          links: fc.oneof(anything, fc.array(anything)),
          statusCode: anything,
          statusMessage: anything,
          version: anything,
          schemaUrl: anything,
          kind2: anything,
          points: fc.array(anything),
        },
        { requiredKeys: [] },
      ),
      (record) => {
        out.position = 0
        let records = 0
        for (const encode of [encoder.encodeSpan, encoder.encodeLogRecord, encoder.encodeMetric] as const) {
          const before = out.position
          const written = (encode as (out: ByteBuffer, record: unknown) => boolean)(out, record)
          records += written ? 1 : 0
          expect(out.position > before).toBe(written)
        }
        expect(countRecords(out.written())).toBe(records)
        encoder.encodeScope(record as never)
        encoder.encodeResource(record as never)
        encoder.prepareAttributes(record)
      },
    ),
    { numRuns: 300 },
  )
})

it('loses a record that is made while another one is being encoded, and counts it', () => {
  const losses: unknown[] = []
  const encoder = createEncoder({ onLoss: (...loss) => losses.push(loss) })
  const out = new ByteBuffer(16)
  const attributes = {
    get nested(): string {
      expect(encoder.encodeLogRecord(out, { body: 'inner' })).toBe(false)
      return 'read'
    },
  }
  expect(encoder.encodeLogRecord(out, { body: 'outer', attributes })).toBe(true)
  expect(losses).toEqual([['record_nested', 'log', 1]])
  expect(Buffer.from(out.written()).includes('inner')).toBe(false)
  expect(encoder.encodeLogRecord(out, { body: 'next' })).toBe(true)
  expect(countRecords(out.written())).toBe(2)
})

it('encodes a scope or resource while a record is in progress', () => {
  const encoder = createEncoder()
  let scope: Uint8Array | undefined
  const body = {
    get a(): number {
      scope = encoder.encodeScope({ name: 'late' })
      return 1
    },
  }
  encoder.encodeLogRecord(new ByteBuffer(), { body })
  expect(Buffer.from(scope ?? []).includes('late')).toBe(true)
})

it('takes back what it wrote when it cannot go on, and counts the record', () => {
  const losses: unknown[] = []
  const encoder = createEncoder({ onLoss: (...loss) => losses.push(loss) })
  const out = new ByteBuffer(16)
  encoder.encodeLogRecord(out, { body: 'first' })
  const { position } = out
  const record = {
    body: 'second',
    get attributes(): never {
      throw new Error('no')
    },
  }
  expect(encoder.encodeLogRecord(out, record)).toBe(false)
  expect(out.position).toBe(position)
  expect(losses).toEqual([['record_failed', 'log', 1]])
})

it('goes on when the one who counts throws', () => {
  const onLoss = (): never => {
    throw new Error('no')
  }
  expect(encodeLogAlone({ attributes: { '': 1, a: 1 } }, { onLoss }).record).toMatchObject({
    attributes: [{ key: 'a' }],
  })
})

it.each<[option: string, limits: EncoderOptions['limits']]>([
  ['limits.depth', { depth: 0 }],
  ['limits.depth', { depth: 32 }],
  ['limits.spanAttributes', { spanAttributes: -1 }],
  ['limits.spanEvents', { spanEvents: 1.5 }],
  ['limits.logValueLength', { logValueLength: 0 }],
  ['limits.recordBytes', { recordBytes: 1023 }],
  ['limits.elements', { elements: Number.NaN }],
  ['limits.spanAttribute', { spanAttribute: 1 } as never],
])('refuses a wrong %s', (option, limits) => {
  expect(() => createEncoder({ limits })).toThrow(expect.objectContaining({ code: 'PLUTUS_OPTION_INVALID', option }))
})

it.each<[limits: EncoderOptions['limits']]>([
  [{ depth: 31 }],
  [{ depth: 1 }],
  [{ spanAttributes: 0 }],
  [{ logValueLength: 1 }],
  [{ recordBytes: 1024 }],
  [{ elements: Infinity }],
])('takes %o', (limits) => {
  expect(() => createEncoder({ limits })).not.toThrow()
})
