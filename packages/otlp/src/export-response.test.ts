import { EXPORT_CALLS } from '@plutus/test-kit/otlp-schema'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeResponse, readJsonResponse } from './export-response.ts'

const ALL_TAKEN = { ok: true, value: { rejected: 0, message: '' } }

describe.each(['traces', 'logs', 'metrics'] as const)('the response to %s', (signal) => {
  const { response, rejectedField } = EXPORT_CALLS[signal]
  const encode = (partialSuccess?: object): Uint8Array =>
    response.encode(response.fromObject({ partialSuccess })).finish()

  it('tells how many records were refused, and why, in protobuf', () => {
    expect(decodeResponse(encode({ [rejectedField]: 3, errorMessage: 'too old' }))).toEqual({
      ok: true,
      value: { rejected: 3, message: 'too old' },
    })
    expect(decodeResponse(encode({ errorMessage: 'slow down' }))).toEqual({
      ok: true,
      value: { rejected: 0, message: 'slow down' },
    })
    expect(decodeResponse(encode({ [rejectedField]: -1 }))).toEqual(ALL_TAKEN)
    expect(decodeResponse(encode())).toEqual(ALL_TAKEN)
    expect(decodeResponse(new Uint8Array(0))).toEqual(ALL_TAKEN)
  })

  it('tells the same in JSON', () => {
    const read = (partialSuccess: unknown): unknown => readJsonResponse(JSON.stringify({ partialSuccess }))
    expect(read({ [rejectedField]: '3', errorMessage: 'too old' })).toEqual({
      ok: true,
      value: { rejected: 3, message: 'too old' },
    })
    expect(read({ [rejectedField]: 3 })).toEqual({ ok: true, value: { rejected: 3, message: '' } })
    expect(read(null)).toEqual(ALL_TAKEN)
    expect(read({})).toEqual(ALL_TAKEN)
  })
})

it.each(['', ' \n', '{}', '{"partialSuccess":null,"other":[1]}'])('takes %j for a response without content', (text) => {
  expect(readJsonResponse(text)).toEqual(ALL_TAKEN)
})

it.each([
  'null',
  '[]',
  '1',
  '{',
  '{"partialSuccess":[]}',
  '{"partialSuccess":"x"}',
  '{"partialSuccess":{"rejectedSpans":"x"}}',
  '{"partialSuccess":{"rejectedSpans":1.5}}',
  '{"partialSuccess":{"rejectedSpans":true}}',
  '{"partialSuccess":{"errorMessage":1}}',
])('finds %s malformed', (text) => {
  expect(readJsonResponse(text)).toEqual({ ok: false, code: 'malformed' })
})

it('gives a value or a code for whatever a server sends', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.oneof(fc.string(), fc.json()), (bytes, text) => {
      for (const result of [decodeResponse(bytes), readJsonResponse(text)]) {
        expect(result.ok ? 'value' : result.code).toMatch(/^(value|truncated|malformed|too_deep|too_many)$/)
      }
    }),
  )
  expect(readJsonResponse('x'.repeat(1024 * 1024 + 1))).toEqual({ ok: false, code: 'too_large' })
  expect(decodeResponse(new Uint8Array(11), { maxBytes: 10 })).toEqual({ ok: false, code: 'too_large' })
})
