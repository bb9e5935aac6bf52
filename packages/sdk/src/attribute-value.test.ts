import { expect, it } from 'vitest'
import { isTellable, snapshot, snapshotAttributes } from './attribute-value.ts'

it('copies arrays and maps whole, so that their owner may change them', () => {
  const value = { list: ['a', { deep: [1] }], map: { b: null } }
  const copy = snapshot(value)
  const before = structuredClone(value)
  value.list.push('changed')
  ;(value.list[1] as { deep: number[] }).deep.push(2)
  expect(copy).toEqual(before)
})

it.each([
  ['text'],
  [5],
  [true],
  [null],
  [new Date(0)],
  [new Map()],
  [new Uint8Array(2)],
  [new URL('http://shop.test')],
])('leaves %j as it is', (value) => {
  expect(snapshot(value)).toBe(value)
})

it('keeps a cycle a cycle', () => {
  const value: Record<string, unknown> = { a: 1 }
  value['self'] = value
  const copy = snapshot(value) as Record<string, unknown>
  expect(copy).not.toBe(value)
  expect(copy['self']).toBe(copy)
})

it('copies no more than a record may carry', () => {
  expect(snapshot(Array.from({ length: 100_000 }, () => 1))).toHaveLength(4_097)
  expect(snapshot(Array.from({ length: 100_000 }, () => [1]))).toHaveLength(4_097)
})

it('looks at no more members than it copies, whatever length an array claims', () => {
  let isRead = false
  const value = Object.defineProperty([1], 5_000, { get: () => (isRead = true) })
  expect(snapshot(value)).toHaveLength(4_097)
  expect(isRead).toBe(false)
})

it('leaves what cannot be looked at as it is', () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  expect(snapshot(proxy) === proxy).toBe(true)
})

it('takes `__proto__` for a key like any other', () => {
  const copy = snapshot({ nested: JSON.parse('{"__proto__": {"admin": true}}') as object }) as { nested: object }
  expect(Object.keys(copy.nested)).toEqual(['__proto__'])
  expect(Object.getPrototypeOf(copy.nested)).toBe(Object.prototype)
})

it('survives what cannot be read', () => {
  const hostile = {
    get bad(): string {
      throw new Error('of a getter')
    },
  }
  expect(snapshot({ hostile })).toEqual({ hostile })
  expect(snapshotAttributes({ a: 1, hostile: hostile as unknown as string })).toEqual({ a: 1, hostile })
  expect(snapshotAttributes('text' as never)).toBeUndefined()
})

it.each([
  [undefined, false],
  [() => 1, false],
  [Symbol('s'), false],
  [null, true],
  [0, true],
  [1n, true],
])('tells what can be told', (value, expected) => {
  expect(isTellable(value)).toBe(expected)
})
