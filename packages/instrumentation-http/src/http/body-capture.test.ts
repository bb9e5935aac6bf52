import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { createBodyCapture } from './body-capture.ts'

function capture(body: string, maxBytes: number, type = 'application/json'): Record<string, unknown> | undefined {
  const kept = createBodyCapture({ 'content-type': type }, maxBytes)
  for (const byte of Buffer.from(body)) kept?.add(Buffer.from([byte]))
  return kept?.fields()
}
const textOf = (body: string, maxBytes: number): unknown => capture(body, maxBytes)?.['http.request.body.text']

it('keeps a body of as many bytes as may be kept whole', () => {
  expect(capture('{"a":"ü"}', 10)).toEqual({
    'http.request.body.text': '{"a":"ü"}',
    'http.request.body.truncated': false,
  })
})

it.each([
  ['a word', '{"name":"Ada Lovelace"}', 16, '{"name":"Ada '],
  ['a character of two bytes', '{"name":"Jü"}', 11, '{"name":"'],
  ['a secret without a space', 'password=correct-horse&x=1', 20, 'password='],
  ['a card number', 'card=4242424242424242&x=1', 18, 'card='],
  ['a card number in groups', 'card 4242 4242 4242 4242 end', 22, 'card '],
  ['a card number behind another number', 'at 12 4242-4242-4242-4242', 20, 'at '],
  ['one word and nothing else', 'a'.repeat(100), 50, ''],
])('leaves out %s that it would cut', (_what, body, maxBytes, kept) => {
  expect(capture(body, maxBytes)).toEqual({ 'http.request.body.text': kept, 'http.request.body.truncated': true })
})

it('never keeps a part of a card number, wherever it is cut', () => {
  const card = ['4242', '4242', '4242', '4242']
  const around = fc.string({ unit: fc.constantFrom('a', '"', ' ', ':', ',', 'é') })
  fc.assert(
    fc.property(around, around, fc.constantFrom('', ' ', '-', '.'), fc.nat(60), (before, after, join, maxBytes) => {
      const body = `${before}x${card.join(join)}x${after}`
      const text = JSON.stringify(textOf(body, maxBytes + 1) ?? '')
      expect(text.replace(card.join(join), '')).not.toMatch(/\d/)
    }),
  )
})

it.each([
  ['an image', { 'content-type': 'image/png' }],
  ['bytes of no type', {}],
  ['a compressed text', { 'content-type': 'text/plain', 'content-encoding': 'gzip' }],
])('keeps nothing of %s', (_what, headers) => {
  expect(createBodyCapture(headers, 100)).toBeUndefined()
})

it('keeps nothing when it is not asked to', () => {
  expect(createBodyCapture({ 'content-type': 'text/plain' }, 0)).toBeUndefined()
})
