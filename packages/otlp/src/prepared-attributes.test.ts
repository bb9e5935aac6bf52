import { expect, it } from 'vitest'
import type { AttributeSources } from './attribute-writer.ts'
import { assembleRequest } from './assemble-request.ts'
import { ByteBuffer } from './byte-buffer.ts'
import { createEncoder, type Encoder } from './encoder.ts'
import { decodeWithProtobufjs, keyValuesOf, recordsOf, type Canonical } from './oracle.test.helper.ts'

const encodeLog = (encoder: Encoder, sources: AttributeSources): Canonical => {
  const out = new ByteBuffer(16)
  encoder.encodeLogRecord(out, sources)
  const request = assembleRequest(new Uint8Array(0), [{ scope: new Uint8Array(0), parts: [out.written()] }])
  return recordsOf('logs', decodeWithProtobufjs('logs', request))[0] as Canonical
}

it('copies attributes that were encoded before into records of every signal', () => {
  const encoder = createEncoder()
  const connection = { 'server.address': 'h', 'server.port': 80, list: [1, 'x'] }
  const prepared = [encoder.prepareAttributes(connection)]
  const out = new ByteBuffer(16)
  const time = 1
  const span = { traceId: [1, 2, 3, 4], spanId: [1, 2], flags: 0, name: 'n', kind: 0, startTime: time, endTime: time }
  const point = { time, value: 1, prepared }
  encoder.encodeSpan(out, { ...span, prepared })
  const spanEnd = out.position
  encoder.encodeMetric(out, { kind: 'gauge', name: 'g', valueType: 'int', points: [point] })
  const decode = (signal: 'traces' | 'metrics', start: number, end: number): Canonical => {
    const parts = [out.bytes.subarray(start, end)]
    return recordsOf(
      signal,
      decodeWithProtobufjs(signal, assembleRequest(new Uint8Array(0), [{ scope: new Uint8Array(0), parts }])),
    )[0] as Canonical
  }
  expect(encodeLog(encoder, { prepared })['attributes']).toEqual(keyValuesOf(connection))
  expect(decode('traces', 0, spanEnd)['attributes']).toEqual(keyValuesOf(connection))
  expect(decode('metrics', spanEnd, out.position)).toMatchObject({
    gauge: { dataPoints: [{ attributes: keyValuesOf(connection) }] },
  })
})

it('copies bytes of any kind unchanged', () => {
  const encoder = createEncoder()
  for (const pattern of [[0xff], [1, 0, 0, 0, 0, 0, 0xf0, 0x7f], [0x7f, 0xf4], [0, 0xf0, 0xff]]) {
    for (let shift = 0; shift < 8; shift++) {
      const bytes = Uint8Array.from({ length: 60 }, (_, i) => pattern[(i + shift) % pattern.length] ?? 0)
      expect(
        encodeLog(encoder, { prepared: [encoder.prepareAttributes({ bytes, number: -1 })] })['attributes'],
      ).toEqual(keyValuesOf({ bytes, number: -1 }))
    }
  }
})

it('writes a key once: the record before what was prepared, the first set before the second', () => {
  const encoder = createEncoder()
  const first = encoder.prepareAttributes({ a: 'first', b: 'first' })
  const second = encoder.prepareAttributes({ b: 'second', c: 'second' })
  const record = encodeLog(encoder, {
    attributes: { a: 'own', x: undefined },
    attributePairs: ['c', 'own'],
    prepared: [first, second],
  })
  expect(record['attributes']).toEqual(keyValuesOf({ a: 'own', c: 'own', b: 'first' }))
})

it('still does after so many other keys that it forgot what it knew of these', () => {
  const encoder = createEncoder()
  const prepared = [encoder.prepareAttributes({ a: 'prepared', b: 'prepared' })]
  expect(encodeLog(encoder, { attributes: { a: 'own' }, prepared })['attributes']).toEqual(
    keyValuesOf({ a: 'own', b: 'prepared' }),
  )
  for (let i = 0; i < 5000; i++) encodeLog(encoder, { attributes: { [`k${i}`]: i } })
  expect(encodeLog(encoder, { attributes: { a: 'own' }, prepared })['attributes']).toEqual(
    keyValuesOf({ a: 'own', b: 'prepared' }),
  )
})

it('is not misled by a key inside a value, or in an earlier record', () => {
  const encoder = createEncoder()
  const prepared = [encoder.prepareAttributes({ a: 'prepared' })]
  encodeLog(encoder, { attributes: { a: 'own' } })
  expect(encodeLog(encoder, { attributes: { outer: { a: 1 } }, prepared })['attributes']).toEqual(
    keyValuesOf({ outer: { a: 1 }, a: 'prepared' }),
  )
})

it('holds to the limit of number, and counts what is dropped', () => {
  const encoder = createEncoder({ limits: { logAttributes: 3 } })
  const prepared = [encoder.prepareAttributes({ a: 1, b: 2, c: 3 })]
  const record = encodeLog(encoder, { attributes: { x: 1 }, prepared })
  expect(record['attributes']).toEqual(keyValuesOf({ x: 1, a: 1, b: 2 }))
  expect(record['droppedAttributesCount']).toBe(1)
})

it('may be shared with another encoder', () => {
  const prepared = [createEncoder().prepareAttributes({ a: 1 })]
  for (const encoder of [createEncoder(), createEncoder()]) {
    expect(encodeLog(encoder, { attributes: { a: 2, b: 3 }, prepared })['attributes']).toEqual(
      keyValuesOf({ a: 2, b: 3 }),
    )
  }
})
