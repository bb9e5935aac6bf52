import { EXPORT_CALLS } from '@plutus/test-kit/otlp-schema'
import * as fc from 'fast-check'
import protobuf from 'protobufjs'
import { describe, expect, it } from 'vitest'
import { anyRequest } from './any-request.test.helper.ts'
import { assembleRequest } from './assemble-request.ts'
import { ByteBuffer } from './byte-buffer.ts'
import { decodeLogsRequest, decodeMetricsRequest, decodeTraceRequest } from './decode-request.ts'
import { createEncoder } from './encoder.ts'
import { canonical, decodeWithProtobufjs } from './oracle.test.helper.ts'

const DECODE = { traces: decodeTraceRequest, logs: decodeLogsRequest, metrics: decodeMetricsRequest } as const
const SIGNALS = ['traces', 'logs', 'metrics'] as const

describe.each(SIGNALS)('a request for %s', (signal) => {
  const decode = DECODE[signal]

  it('is read as protobufjs reads it', () => {
    fc.assert(
      fc.property(anyRequest(signal), (message) => {
        const { request } = EXPORT_CALLS[signal]
        const bytes = request.encode(request.fromObject(message)).finish()
        const decoded = decode(bytes)
        expect(decoded.ok).toBe(true)
        expect(canonical(decoded.ok && decoded.value)).toEqual(decodeWithProtobufjs(signal, bytes))
      }),
      { numRuns: 80 },
    )
  })

  it('gives a value or a code, but never throws, when its bytes were changed', () => {
    const change = fc.record({
      at: fc.nat(),
      byte: fc.nat(255),
      kind: fc.constantFrom('set', 'insert', 'remove', 'cut'),
    })
    fc.assert(
      fc.property(anyRequest(signal), fc.array(change, { minLength: 1, maxLength: 6 }), (message, changes) => {
        const { request } = EXPORT_CALLS[signal]
        const bytes = [...request.encode(request.fromObject(message)).finish()]
        for (const { at, byte, kind } of changes) {
          const index = at % (bytes.length + 1)
          if (kind === 'set') bytes[index] = byte
          else if (kind === 'insert') bytes.splice(index, 0, byte)
          else if (kind === 'remove') bytes.splice(index, 1)
          else bytes.length = index
        }
        const decoded = decode(Uint8Array.from(bytes))
        expect(decoded.ok ? 'value' : decoded.code).toMatch(/^(value|truncated|malformed|too_deep|too_many)$/)
      }),
      { numRuns: 300 },
    )
  })

  it('gives a value or a code for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const decoded = decode(bytes)
        expect(decoded.ok ? 'value' : decoded.code).toMatch(/^(value|truncated|malformed|too_deep|too_many)$/)
      }),
      { numRuns: 300 },
    )
  })
})

describe('hostile bytes', () => {
  const wrap = (tag: number, content: Uint8Array): Uint8Array => {
    const writer = protobuf.Writer.create().uint32(tag).bytes(content)
    return writer.finish()
  }

  it.each<[what: string, code: string, bytes: Uint8Array]>([
    ['that end inside a tag', 'truncated', Uint8Array.of(0x80)],
    ['that end inside a length', 'truncated', Uint8Array.of(0x0a, 0x80)],
    ['that promise more than they hold', 'truncated', Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f)],
    ['that end inside a group', 'truncated', Uint8Array.of(0x1b, 0x1b)],
    ['with a number of no field', 'malformed', Uint8Array.of(0x02, 0)],
    ['with a varint of eleven bytes', 'malformed', Uint8Array.of(0x18, ...Array.from({ length: 10 }, () => 0xff), 1)],
    ['with a wire type that is none', 'malformed', Uint8Array.of(0x0f)],
    ['with the end of a group that never began', 'malformed', Uint8Array.of(0x1c)],
    ['with the end of another group', 'malformed', Uint8Array.of(0x1b, 0x24)],
    ['with groups inside one another', 'too_deep', Uint8Array.from({ length: 10_000 }, () => 0x1b)],
  ])('%s are %s', (_what, code, bytes) => {
    expect(decodeLogsRequest(bytes)).toEqual({ ok: false, code })
  })

  it('with arrays inside one another are read down to a hundred messages', () => {
    const nested = (levels: number): Uint8Array => {
      let value: Uint8Array = new Uint8Array(0)
      for (let i = 0; i < levels; i++) value = wrap(0x2a, wrap(0x0a, value))
      return wrap(0x0a, wrap(0x12, wrap(0x12, wrap(0x2a, value))))
    }
    expect(decodeLogsRequest(nested(48))).toMatchObject({ ok: true })
    expect(decodeLogsRequest(nested(49))).toEqual({ ok: false, code: 'too_deep' })
    expect(decodeLogsRequest(nested(2000))).toEqual({ ok: false, code: 'too_deep' })
  })

  it('beyond a bound are refused, and at it are not', () => {
    const out = new ByteBuffer()
    const encoder = createEncoder()
    for (let i = 0; i < 10; i++) encoder.encodeLogRecord(out, {})
    const bytes = assembleRequest(new Uint8Array(0), [{ scope: new Uint8Array(0), parts: [out.written()] }])
    // The request, its resource, its scope, ten records.
    expect(decodeLogsRequest(bytes, { maxElements: 13, maxBytes: bytes.length, maxDepth: 3 })).toMatchObject({
      ok: true,
    })
    expect(decodeLogsRequest(bytes, { maxElements: 12 })).toEqual({ ok: false, code: 'too_many' })
    expect(decodeLogsRequest(bytes, { maxBytes: bytes.length - 1 })).toEqual({ ok: false, code: 'too_large' })
    expect(decodeLogsRequest(bytes, { maxDepth: 2 })).toEqual({ ok: false, code: 'too_deep' })
  })

  it('of a million empty messages are given up before they cost memory', () => {
    const before = process.memoryUsage().heapUsed
    const bytes = Uint8Array.from({ length: 2_000_000 }, (_, i) => (i % 2 === 0 ? 0x0a : 0))
    expect(decodeLogsRequest(bytes)).toEqual({ ok: false, code: 'too_many' })
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200e6)
  })
})

describe('protobuf as others write it', () => {
  it('may have fields in parts, in any order, packed or not, with lengths longer than needed, and fields unknown to us', () => {
    const { request } = EXPORT_CALLS.metrics
    const one = request
      .encode(request.fromObject({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'a', gauge: {} }] }] }] }))
      .finish()
    // The same message with every length padded to three bytes, an unknown field and an unknown group.
    const padded = Uint8Array.of(
      0x0a,
      0x98,
      0x80,
      0,
      0x12,
      0x94,
      0x80,
      0,
      0x12,
      0x90,
      0x80,
      0,
      0xf8,
      0x7f,
      1,
      0xfb,
      0x7f,
      8,
      1,
      0xfc,
      0x7f,
      0x0a,
      0x81,
      0x80,
      0,
      0x61,
      0x2a,
      0,
    )
    expect(decodeMetricsRequest(padded)).toEqual(decodeMetricsRequest(one))
    expect(decodeWithProtobufjs('metrics', padded)).toEqual(decodeWithProtobufjs('metrics', one))
  })

  it('may repeat a message that stands once, of which the parts are joined, and the last alternative counts', () => {
    // resource_logs { resource { dropped: 1 } resource { attributes {} } scope_logs { log_records { body { string "a" } body { int 5 } } } }
    const bytes = Uint8Array.of(
      0x0a,
      22,
      0x0a,
      2,
      0x10,
      1,
      0x0a,
      2,
      0x0a,
      0,
      0x12,
      10,
      0x12,
      8,
      0x2a,
      2,
      0x0a,
      0,
      0x2a,
      2,
      0x18,
      5,
    )
    bytes[1] = bytes.length - 2
    expect(decodeLogsRequest(bytes)).toMatchObject({
      ok: true,
      value: {
        resourceLogs: [
          {
            resource: { droppedAttributesCount: 1, attributes: [{ key: '' }] },
            scopeLogs: [{ logRecords: [{ body: { intValue: 5n } }] }],
          },
        ],
      },
    })
    const decoded = decodeLogsRequest(bytes)
    expect(decoded.ok && decoded.value.resourceLogs[0]?.scopeLogs[0]?.logRecords[0]?.body).toEqual({ intValue: 5n })
  })
})
