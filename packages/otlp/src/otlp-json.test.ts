import { EXPORT_CALLS } from '@plutus/test-kit/otlp-schema'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyRequest } from './any-request.test.helper.ts'
import { decodeLogsRequest } from './decode-request.ts'
import { decodeWithProtobufjs, type Canonical, type CanonicalValue } from './oracle.test.helper.ts'
import { protobufToJson, writeJson } from './otlp-json.ts'

const BYTES = new Set(['traceId', 'spanId', 'parentSpanId'])
const NUMBERS: Record<string, number> = { NaN: Number.NaN, Infinity, '-Infinity': -Infinity }

/** Reads OTLP/JSON into the form that protobufjs' `fromObject` takes: bytes from hexadecimal digits, numbers from their names. */
const fromJson = (value: CanonicalValue, name = ''): unknown => {
  if (typeof value === 'string') {
    if (BYTES.has(name)) return Buffer.from(value, 'hex')
    return /Value$|^as|sum|min|max|quantile|value|Threshold|Bounds/.test(name) && name !== 'stringValue'
      ? (NUMBERS[value] ?? value)
      : value
  }
  if (Array.isArray(value)) return value.map((item) => fromJson(item, name))
  if (typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fromJson(member, key)]))
}

describe.each(['traces', 'logs', 'metrics'] as const)('OTLP/JSON of %s', (signal) => {
  it('says what the protobuf says', () => {
    const { request } = EXPORT_CALLS[signal]
    fc.assert(
      fc.property(anyRequest(signal), (message) => {
        const bytes = request.encode(request.fromObject(message)).finish()
        const json = protobufToJson(signal, bytes)
        expect(json.ok).toBe(true)
        const read = fromJson(JSON.parse(json.ok ? json.value : '') as Canonical) as Record<string, unknown>
        const again = request.encode(request.fromObject(read)).finish()
        expect(decodeWithProtobufjs(signal, again)).toEqual(decodeWithProtobufjs(signal, bytes))
      }),
      { numRuns: 80 },
    )
  })
})

it('has ids in hexadecimal, integers of 64 bits and numbers without JSON as text, enums as numbers, and no defaults', () => {
  const keyValue = (key: string, value: object): object => ({ key, value })
  const request = {
    resourceLogs: [
      {
        scopeLogs: [
          {
            logRecords: [
              {
                timeUnixNano: '1765000000000000001',
                severityNumber: 9,
                traceId: Buffer.from('5b8efff798038103d269b633813fc60c', 'hex'),
                flags: 1,
                body: { stringValue: '' },
                attributes: [
                  keyValue('int', { intValue: '9007199254740993' }),
                  keyValue('nan', { doubleValue: Number.NaN }),
                  keyValue('zero', { doubleValue: -0 }),
                  keyValue('bytes', { bytesValue: Uint8Array.of(255) }),
                  keyValue('false', { boolValue: false }),
                  keyValue('empty', {}),
                ],
              },
            ],
          },
        ],
      },
    ],
  }
  const type = EXPORT_CALLS.logs.request
  const decoded = decodeLogsRequest(type.encode(type.fromObject(request)).finish())
  expect(JSON.parse(decoded.ok ? writeJson('logs', decoded.value) : '')).toEqual({
    resourceLogs: [
      {
        scopeLogs: [
          {
            logRecords: [
              {
                timeUnixNano: '1765000000000000001',
                severityNumber: 9,
                traceId: '5b8efff798038103d269b633813fc60c',
                flags: 1,
                body: { stringValue: '' },
                attributes: [
                  keyValue('int', { intValue: '9007199254740993' }),
                  keyValue('nan', { doubleValue: 'NaN' }),
                  keyValue('zero', { doubleValue: -0 }),
                  keyValue('bytes', { bytesValue: '/w==' }),
                  keyValue('false', { boolValue: false }),
                  keyValue('empty', {}),
                ],
              },
            ],
          },
        ],
      },
    ],
  })
})

it('gives the code of bytes that cannot be decoded', () => {
  expect(protobufToJson('logs', Uint8Array.of(0x0a))).toEqual({ ok: false, code: 'truncated' })
  expect(protobufToJson('logs', Uint8Array.of(0x0a, 0), { maxBytes: 1 })).toEqual({ ok: false, code: 'too_large' })
})
