import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { frameGrpcMessage, unframeGrpcMessage } from './grpc-frame.ts'

it('gives back the message that was framed', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.boolean(), (message, compressed) => {
      const framed = frameGrpcMessage(message, compressed)
      const back = unframeGrpcMessage(framed)
      expect([...(back?.message ?? [])]).toEqual([...message])
      expect(back?.compressed).toBe(compressed)
      expect(unframeGrpcMessage(framed.subarray(0, -1))).toBeUndefined()
    }),
  )
})

it('has the length in network order behind the flag', () => {
  expect([...frameGrpcMessage(new Uint8Array(258)).subarray(0, 5)]).toEqual([0, 0, 0, 1, 2])
})

it.each([[[]], [[0, 0, 0, 0]], [[2, 0, 0, 0, 0]], [[0, 0, 0, 0, 0, 1]], [[0, 0, 0, 0, 2, 1]]])(
  'finds no message in %j',
  (body) => {
    expect(unframeGrpcMessage(Uint8Array.from(body))).toBeUndefined()
  },
)
