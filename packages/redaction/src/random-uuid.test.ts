import { assert, property, uuid } from 'fast-check'
import { expect, it } from 'vitest'
import { isRandomUuid } from './random-uuid.ts'
import { createRedactor } from './redactor.ts'

const mask = (text: string): string => createRedactor().text(text, 'span.attribute')

it('leaves a random UUID as it is, also one whose letters and digits would pass for an IBAN', () => {
  expect(mask('ba16057b-a8ab-4bbb-b8c6-4792102765c8')).toBe('ba16057b-a8ab-4bbb-b8c6-4792102765c8')
  assert(property(uuid({ version: 4 }), (id) => mask(id) === id || !isRandomUuid(id)))
})

it('looks at what has the shape of a UUID and may be a number', () => {
  const digits = `${'42'.repeat(4)}-4242-4242-8888-888888888888`
  expect(isRandomUuid(digits)).toBe(false)
  expect(mask(digits)).toBe('****4242-8888-888888888888')
  expect(isRandomUuid(digits.replace(/8$/, 'a'))).toBe(true)
})

it('takes nothing else for a random UUID', () => {
  const id = 'ba16057b-a8ab-4bbb-b8c6-4792102765c8'
  expect(isRandomUuid(id)).toBe(true)
  const others = [
    id.toUpperCase(),
    `${id}0`,
    id.slice(1),
    id.replaceAll('-', '_'),
    id.replace('-4', '-1'),
    id.replace('-b8', '-c8'),
    id.replace('ba', 'bg'),
    id.replace('ba', 'b:'),
  ]
  expect(others.filter(isRandomUuid)).toEqual([])
})

it('applies rules of the application to UUIDs, too', () => {
  const redactor = createRedactor({ rules: [{ name: 'tenant', pattern: /abcdefab/, replacement: 'T' }] })
  expect(redactor.text('abcdefab-cdef-4abc-8abc-abcdefabcdef', 'span.attribute')).toBe('T-cdef-4abc-8abc-Tcdef')
})
