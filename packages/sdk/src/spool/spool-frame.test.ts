import { ByteBuffer, countRecords, createEncoder, findRecordEnd } from '@plutus/otlp'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { findFrameEnd } from './spool-frame.ts'

const FRAME_BYTES = 60 * 1024
const encoder = createEncoder()

function recordsOf(lengths: readonly number[]): Uint8Array {
  const out = new ByteBuffer()
  for (const length of lengths) encoder.encodeLogRecord(out, { body: 'x'.repeat(length) })
  return Uint8Array.from(out.written())
}

it('divides records into frames of whole ones, as long as they may be', () => {
  const lengths = fc.array(fc.oneof(fc.nat(2000), fc.nat(30_000), fc.nat(100_000)), { maxLength: 40 })
  fc.assert(
    fc.property(lengths, (given) => {
      const bytes = recordsOf(given)
      const frames: Uint8Array[] = []
      for (let at = 0, end = 0; at < bytes.length; at = end) {
        end = findFrameEnd(bytes, at, bytes.length)
        expect(end).toBeGreaterThan(at)
        frames.push(bytes.subarray(at, end))
      }
      const counts = frames.map((frame) => countRecords(frame))
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(given.length)
      const tooLong = frames.filter((frame, i) => counts[i] !== 1 && frame.length > FRAME_BYTES)
      // The first record of the next one would have had room.
      const tooShort = frames.filter((frame, i) => {
        const next = frames[i + 1]
        return next !== undefined && frame.length + findRecordEnd(next, 0) <= FRAME_BYTES
      })
      expect([tooLong, tooShort]).toEqual([[], []])
    }),
    { numRuns: 50 },
  )
})

it('divides nothing that is short, and no single record', () => {
  const short = recordsOf([100, 100])
  expect(findFrameEnd(short, 0, short.length)).toBe(short.length)
  const long = recordsOf([100_000])
  expect(findFrameEnd(long, 0, long.length)).toBe(long.length)
})

it('ends where a frame has all the bytes that it may have', () => {
  const overhead = recordsOf([40_000]).length - 40_000
  const exact = recordsOf([40_000, FRAME_BYTES - 40_000 - 2 * overhead, 10])
  expect(findFrameEnd(exact, 0, exact.length)).toBe(FRAME_BYTES)
  const over = recordsOf([40_000, FRAME_BYTES - 40_000 - 2 * overhead + 1, 10])
  expect(findFrameEnd(over, 0, over.length)).toBe(40_000 + overhead)
})
