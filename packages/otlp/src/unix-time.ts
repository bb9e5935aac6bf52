import type { ByteBuffer } from './byte-buffer.ts'

/**
 * A moment since the Unix epoch: seconds and nanoseconds (as the OpenTelemetry API's `HrTime`), milliseconds with a
 * fraction (exact to about 0.25 µs), or nanoseconds as a bigint.
 */
export type UnixTime = readonly [seconds: number, nanos: number] | number | bigint

const TWO_TO_32 = 0x1_0000_0000
// 1e9 is 1953125 * 2^9: the first factor keeps seconds exact in a double until the year 2116.
const NANOS_PER_SECOND_ODD = 1_953_125
const TWO_TO_23 = 0x80_0000
const MAX_SECONDS = 4_000_000_000
const NANOS_PER_SECOND = 1_000_000_000

/**
 * Writes a moment as a fixed64 field of nanoseconds, in nine bytes that are reserved from `at` on; or nothing for a
 * moment that cannot be told: before 1970, after 2096, or not a number.
 *
 * @returns the position after it: `at` if nothing was written.
 */
export function putTimeAt(out: ByteBuffer, at: number, tag: number, time: UnixTime): number {
  if (typeof time === 'bigint') return putBigIntTimeAt(out, at, tag, time)
  let seconds: number
  let nanos: number
  if (typeof time === 'number') {
    seconds = Math.floor(time / 1000)
    nanos = Math.round((time - seconds * 1000) * 1_000_000)
  } else {
    seconds = Math.floor(time[0])
    nanos = Math.round(time[1])
  }
  if (!(seconds >= 0 && seconds <= MAX_SECONDS && nanos >= 0 && nanos <= NANOS_PER_SECOND)) return at
  const product = seconds * NANOS_PER_SECOND_ODD
  let high = Math.floor(product / TWO_TO_23)
  let low = (product - high * TWO_TO_23) * 512 + nanos
  if (low >= TWO_TO_32) {
    low -= TWO_TO_32
    high += 1
  }
  return putHalvesAt(out, at, tag, low, high)
}

/** Writes the moment that was just written before `at` once more. */
export function repeatTimeAt(out: ByteBuffer, at: number, tag: number): number {
  const { view } = out
  out.bytes[at] = tag
  view.setInt32(at + 1, view.getInt32(at - 8))
  view.setInt32(at + 5, view.getInt32(at - 4))
  return at + 9
}

/** Writes a moment as `putTimeAt` does, and makes the room for it. Returns whether it was written. */
export function putTimeField(out: ByteBuffer, tag: number, time: UnixTime): boolean {
  out.reserve(9)
  const at = out.position
  out.position = putTimeAt(out, at, tag, time)
  return out.position > at
}

function putBigIntTimeAt(out: ByteBuffer, at: number, tag: number, time: bigint): number {
  if (time !== BigInt.asUintN(64, time)) return at
  return putHalvesAt(out, at, tag, Number(BigInt.asUintN(32, time)), Number(time >> 32n))
}

function putHalvesAt(out: ByteBuffer, at: number, tag: number, low: number, high: number): number {
  const { view } = out
  out.bytes[at] = tag
  view.setUint32(at + 1, low, true)
  view.setUint32(at + 5, high, true)
  return at + 9
}
