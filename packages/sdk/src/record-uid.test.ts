import { expect, it } from 'vitest'
import { drawRecordUid } from './record-uid.ts'

it('never draws the same id twice', () => {
  expect(new Set(Array.from({ length: 10_000 }, () => drawRecordUid())).size).toBe(10_000)
})

it('begins an id with the time', () => {
  const [first, second] = [drawRecordUid(), drawRecordUid()]
  expect(first).toMatch(/^0[\dA-HJKMNP-TV-Z]{25}$/)
  expect(second.slice(0, 7)).toBe(first.slice(0, 7)) // half a minute
})
