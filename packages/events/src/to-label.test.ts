import { expect, it } from 'vitest'
import { toLabel } from './to-label.ts'

it.each([
  ['capture', 'capture'],
  ['a'.repeat(256), 'a'.repeat(256)],
  ['a'.repeat(257), 'a'.repeat(256)],
  [{ deep: {} }, '[object]'],
  [Symbol('capture'), '[symbol]'],
  [undefined, '[undefined]'],
])('makes a bounded text of any name', (name, label) => {
  expect(toLabel(name)).toBe(label)
})
