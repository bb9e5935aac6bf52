import { expect, it } from 'vitest'
import { createBufferPool } from './buffer-pool.ts'
import { ByteBuffer } from './byte-buffer.ts'

it('lends a buffer again, empty, after it was given back', () => {
  const pool = createBufferPool({ bufferBytes: 64 })
  const buffer = pool.acquire()
  buffer.position = 10
  pool.release(buffer)
  expect(pool.acquire()).toBe(buffer)
  expect(buffer.position).toBe(0)
})

it('takes the memory of a buffer that was away on another thread', () => {
  const pool = createBufferPool({ bufferBytes: 64 })
  const memory = structuredClone(pool.acquire().bytes.buffer, { transfer: [] }) as ArrayBuffer
  pool.release(memory)
  expect(pool.acquire().bytes.buffer).toBe(memory)
})

it('keeps no buffer that grew, that is elsewhere now, that it has already, or that is one too many', () => {
  const pool = createBufferPool({ bufferBytes: 64, maxFree: 1 })
  const grown = pool.acquire()
  grown.reserve(65)
  pool.release(grown)
  expect(pool.acquire()).not.toBe(grown)

  const away = pool.acquire()
  structuredClone(away.bytes.buffer, { transfer: [away.bytes.buffer as ArrayBuffer] })
  pool.release(away)
  pool.release(away.bytes.buffer as ArrayBuffer)
  expect(pool.acquire() === away).toBe(false)

  const [kept, other] = [pool.acquire(), pool.acquire()]
  pool.release(kept)
  pool.release(kept)
  pool.release(other)
  expect(pool.acquire()).toBe(kept)
  expect([kept, other]).not.toContain(pool.acquire())
})

it('keeps what was written while a buffer grows', () => {
  const buffer = new ByteBuffer(2)
  buffer.bytes.set([1, 2])
  buffer.position = 2
  buffer.reserve(1)
  expect([...buffer.written()]).toEqual([1, 2])
  expect(buffer.bytes.length).toBeGreaterThanOrEqual(3)
  expect(buffer.view.byteLength).toBe(buffer.bytes.length)
})
