import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assembleRequest, layOutRequest, splitRequests, type ScopeRecords } from './assemble-request.ts'
import { ByteBuffer } from './byte-buffer.ts'
import { createEncoder } from './encoder.ts'
import { countRecords, findRecordEnd } from './frames.ts'
import { decodeWithProtobufjs, keyValuesOf, recordsOf, type Canonical } from './oracle.test.helper.ts'

const encoder = createEncoder()
const resource = encoder.encodeResource({ attributes: { 'service.name': 'shop' }, schemaUrl: 'r' })
const scopes = ['http', 'pg'].map((name) =>
  encoder.encodeScope({ name, version: '1', attributes: { a: 1 }, schemaUrl: 's' }),
)
const EMPTY = new Uint8Array(0)

const encodeLogs = (...bodies: unknown[]): Uint8Array => {
  const out = new ByteBuffer(16)
  for (const body of bodies) encoder.encodeLogRecord(out, { body })
  return out.written()
}
const bodiesOf = (request: Uint8Array): unknown[] =>
  recordsOf('logs', decodeWithProtobufjs('logs', request)).map((record) => (record['body'] as Canonical)['stringValue'])

describe('a request', () => {
  it('has the records of each scope under the resource, in their order', () => {
    const request = assembleRequest(resource, [
      { scope: scopes[0] as Uint8Array, parts: [encodeLogs('a', 'b'), encodeLogs('c')] },
      { scope: scopes[1] as Uint8Array, parts: [encodeLogs('d')] },
    ])
    const scope = (name: string): object => ({
      name,
      version: '1',
      attributes: keyValuesOf({ a: 1 }),
      droppedAttributesCount: 0,
    })
    expect(decodeWithProtobufjs('logs', request)).toMatchObject({
      resourceLogs: [
        {
          resource: { attributes: keyValuesOf({ 'service.name': 'shop' }) },
          schemaUrl: 'r',
          scopeLogs: [
            {
              scope: scope('http'),
              schemaUrl: 's',
              logRecords: ['a', 'b', 'c'].map((stringValue) => ({ body: { stringValue } })),
            },
            { scope: scope('pg'), schemaUrl: 's', logRecords: [{ body: { stringValue: 'd' } }] },
          ],
        },
      ],
    })
  })

  it('has the same form for spans and metrics', () => {
    const out = new ByteBuffer(16)
    encoder.encodeSpan(out, {
      traceId: [1, 0, 0, 0],
      spanId: [1, 0],
      flags: 0,
      name: 'n',
      kind: 0,
      startTime: 1,
      endTime: 2,
    })
    const spans = assembleRequest(resource, [{ scope: EMPTY, parts: [out.written().slice()] }])
    out.position = 0
    encoder.encodeMetric(out, { kind: 'gauge', name: 'g', valueType: 'int', points: [] })
    const metrics = assembleRequest(EMPTY, [{ scope: EMPTY, parts: [out.written()] }])
    expect(recordsOf('traces', decodeWithProtobufjs('traces', spans))).toMatchObject([{ name: 'n' }])
    expect(recordsOf('metrics', decodeWithProtobufjs('metrics', metrics))).toMatchObject([{ name: 'g', gauge: {} }])
  })

  it('is laid out in parts that share the memory of its records', () => {
    const of = scopes.map((scope, i) => ({ scope, parts: [encodeLogs(`${i}`), encodeLogs('x'.repeat(i * 9000))] }))
    const parts = layOutRequest(resource, of)
    expect(Buffer.concat(parts).equals(assembleRequest(resource, of))).toBe(true)
    for (const part of of.flatMap((one) => one.parts)) expect(parts).toContain(part)
  })

  it('may be empty', () => {
    expect(decodeWithProtobufjs('logs', assembleRequest(EMPTY, []))).toEqual({
      resourceLogs: [{ scopeLogs: [], schemaUrl: '' }],
    })
  })
})

describe('splitting', () => {
  const records = fc.array(fc.string({ maxLength: 300 }), { maxLength: 30 })
  const groups = fc.array(fc.record({ scope: fc.constantFrom(0, 1), parts: fc.array(records, { maxLength: 4 }) }), {
    maxLength: 5,
  })

  it('keeps every record, once and in order, in requests within the bound', () => {
    fc.assert(
      fc.property(groups, fc.integer({ min: 400, max: 3000 }), (given, maxBytes) => {
        const input: ScopeRecords[] = given.map(({ scope, parts }) => ({
          scope: scopes[scope] as Uint8Array,
          parts: parts.map((bodies) => encodeLogs(...bodies)),
        }))
        const { requests, malformedBytes } = splitRequests(resource, input, maxBytes)
        const bodies = given.flatMap(({ parts }) => parts.flat())
        expect(requests.flatMap(({ bytes }) => bodiesOf(bytes))).toEqual(bodies)
        expect(requests.reduce((sum, { records }) => sum + records, 0)).toBe(bodies.length)
        for (const { bytes, records } of requests) {
          expect(bodiesOf(bytes)).toHaveLength(records)
          expect(records === 1 || bytes.length <= maxBytes).toBe(true)
        }
        expect(malformedBytes).toBe(0)
      }),
      { numRuns: 100 },
    )
  })

  it('puts each record under its own scope', () => {
    const input = [0, 1].map((i) => ({
      scope: scopes[i] as Uint8Array,
      parts: [encodeLogs(...Array.from({ length: 10 }, (_, n) => `${i}-${n}`))],
    }))
    for (const { bytes } of splitRequests(resource, input, 300).requests) {
      const { resourceLogs } = decodeWithProtobufjs('logs', bytes) as {
        resourceLogs: { scopeLogs: { scope: { name: string }; logRecords: { body: { stringValue: string } }[] }[] }[]
      }
      for (const { scope, logRecords } of resourceLogs[0]?.scopeLogs ?? []) {
        expect(logRecords.map(({ body }) => body.stringValue[0])).toEqual(
          logRecords.map(() => (scope.name === 'http' ? '0' : '1')),
        )
      }
    }
  })

  it('gives a record that exceeds the bound a request of its own', () => {
    const parts = [encodeLogs('a', 'x'.repeat(5000), 'b')]
    const { requests } = splitRequests(resource, [{ scope: scopes[0] as Uint8Array, parts }], 1000)
    expect(requests.map(({ bytes }) => bodiesOf(bytes))).toEqual([['a'], ['x'.repeat(5000)], ['b']])
  })

  it('leaves out what is not a whole record, and counts its bytes', () => {
    const whole = encodeLogs('a', 'b')
    const torn = Buffer.concat([whole, encodeLogs('torn').subarray(0, 5)])
    const { requests, malformedBytes } = splitRequests(
      resource,
      [{ scope: scopes[0] as Uint8Array, parts: [torn, encodeLogs('c')] }],
      1e6,
    )
    expect(requests.flatMap(({ bytes }) => bodiesOf(bytes))).toEqual(['a', 'b', 'c'])
    expect(malformedBytes).toBe(5)
  })

  it('makes no request of nothing', () => {
    expect(splitRequests(resource, [{ scope: EMPTY, parts: [EMPTY] }], 1000)).toEqual({
      requests: [],
      malformedBytes: 0,
    })
  })
})

describe('records in a row', () => {
  it('are found one after the other, also when each was kept by itself', () => {
    const alone = ['a', 'bb', 'x'.repeat(200)].map((body) => encodeLogs(body).slice())
    const row = Buffer.concat(alone)
    expect(countRecords(row)).toBe(3)
    expect(findRecordEnd(row, 0)).toBe(alone[0]?.length)
    expect(bodiesOf(assembleRequest(resource, [{ scope: scopes[0] as Uint8Array, parts: alone }]))).toEqual([
      'a',
      'bb',
      'x'.repeat(200),
    ])
  })

  it('are not made up from any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(45), (bytes, at) => {
        const end = findRecordEnd(bytes, at)
        expect(end === -1 || (end > at && end <= bytes.length)).toBe(true)
      }),
    )
    expect(findRecordEnd(Uint8Array.of(0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 1), 0)).toBe(-1)
    expect(findRecordEnd(Uint8Array.of(0x12, 2, 0), 0)).toBe(-1)
    expect(findRecordEnd(Uint8Array.of(0x12), 0)).toBe(-1)
  })
})
