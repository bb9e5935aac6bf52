import { expect, it } from 'vitest'
import type { DecodedValue } from './otlp-messages.ts'
import { toPlainAttributes, toPlainValue } from './plain-value.ts'

it.each<[value: DecodedValue | undefined, plain: unknown]>([
  [{ stringValue: '' }, ''],
  [{ boolValue: false }, false],
  [{ intValue: 9_007_199_254_740_991n }, 9_007_199_254_740_991],
  [{ intValue: 9_007_199_254_740_992n }, 9_007_199_254_740_992n],
  [{ intValue: -9_007_199_254_740_993n }, -9_007_199_254_740_993n],
  [{ doubleValue: 0 }, 0],
  [{ bytesValue: Uint8Array.of(1) }, Uint8Array.of(1)],
  [{ arrayValue: { values: [{ stringValue: 'a' }, {}] } }, ['a', null]],
  [{ kvlistValue: { values: [{ key: 'a', value: { boolValue: true } }, { key: 'b' }] } }, { a: true, b: null }],
  [{}, null],
  [undefined, null],
])('turns %o into %o', (value, plain) => {
  expect(toPlainValue(value)).toEqual(plain)
})

it('treats a key that JavaScript gives a meaning as any other', () => {
  const attributes = toPlainAttributes([
    { key: '__proto__', value: { kvlistValue: { values: [{ key: 'x', value: { boolValue: true } }] } } },
  ])
  expect(Object.getPrototypeOf(attributes)).toBe(Object.prototype)
  expect(Object.entries(attributes)).toEqual([['__proto__', { x: true }]])
})

it('takes the last of equal keys', () => {
  expect(
    toPlainAttributes([
      { key: 'a', value: { boolValue: true } },
      { key: 'a', value: { boolValue: false } },
    ]),
  ).toEqual({ a: false })
})
