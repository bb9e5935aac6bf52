import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { assembleRequest } from './assemble-request.ts'
import { createEncoder } from './encoder.ts'
import { anyText, decodeWithProtobufjs, keyValuesOf, type Canonical } from './oracle.test.helper.ts'

const text = anyText({ maxLength: 200 }).map((one) => one.toWellFormed())
const attributes = fc.dictionary(
  text.filter((key) => key !== ''),
  fc.oneof(text, fc.integer(), fc.array(text)),
  { maxKeys: 8 },
)

it('writes any resource and scope so that protobufjs reads the same', () => {
  const resource = fc.record({ attributes, schemaUrl: text, droppedAttributesCount: fc.nat() })
  const scope = fc.record({ name: text, version: text, attributes, schemaUrl: text, droppedAttributesCount: fc.nat() })
  fc.assert(
    fc.property(resource, scope, (ofResource, ofScope) => {
      const encoder = createEncoder()
      const request = assembleRequest(encoder.encodeResource(ofResource), [
        { scope: encoder.encodeScope(ofScope), parts: [] },
      ])
      const { schemaUrl, ...scopeRest } = ofScope
      expect(decodeWithProtobufjs('traces', request)).toEqual({
        resourceSpans: [
          {
            resource: {
              attributes: keyValuesOf(ofResource.attributes),
              droppedAttributesCount: ofResource.droppedAttributesCount,
              entityRefs: [],
            },
            schemaUrl: ofResource.schemaUrl,
            scopeSpans: [
              { scope: { ...scopeRest, attributes: keyValuesOf(ofScope.attributes) }, schemaUrl, spans: [] },
            ],
          },
        ],
      })
    }),
    { numRuns: 100 },
  )
})

it('has no limit of number or length for them', () => {
  const encoder = createEncoder({
    limits: { spanAttributes: 1, logAttributes: 1, spanValueLength: 1, logValueLength: 1 },
  })
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${i}`, 'value']))
  const request = assembleRequest(encoder.encodeResource({ attributes: many }), [
    { scope: encoder.encodeScope({ name: 's', attributes: many }), parts: [] },
  ])
  const { resourceSpans } = decodeWithProtobufjs('traces', request) as { resourceSpans: Canonical[] }
  expect(resourceSpans[0]).toMatchObject({
    resource: { attributes: keyValuesOf(many) },
    scopeSpans: [{ scope: { attributes: keyValuesOf(many) } }],
  })
})

it('cuts prepared attributes to the stricter limit of length, since it is not known where they will stand', () => {
  const { bytes } = createEncoder({ limits: { spanValueLength: 3, logValueLength: 2 } }).prepareAttributes({ a: 'xyz' })
  expect(Buffer.from(bytes).includes('xy')).toBe(true)
  expect(Buffer.from(bytes).includes('xyz')).toBe(false)
})
