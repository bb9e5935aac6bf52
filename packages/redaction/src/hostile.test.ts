import { expect, it } from 'vitest'
import { HOSTILE } from './hostile.test.support.ts'
import { createRedactor } from './redactor.ts'
import { maskStatement } from './statement.ts'

const CHARS = 512 * 1024
const redactor = createRedactor({ ip: 'mask' })

// In linear time each takes a blink; in quadratic time it would take hours, and the test would run out of its minutes.
it.each(HOSTILE.map((piece) => [piece]))(
  'reads half a million characters of %j to the end',
  { timeout: 240_000 },
  (piece) => {
    const text = piece.repeat(Math.ceil(CHARS / piece.length)).slice(0, CHARS)
    const once = redactor.text(text, 'log.body')
    expect(once.length).toBeLessThanOrEqual(text.length * 12)
    expect(maskStatement(text).length).toBeLessThanOrEqual(4097)
  },
)

it('cuts a text that no record could hold, and no card number in half', () => {
  const text = `${'a '.repeat(524_280)}4242 4242 4242 4242 ${'b '.repeat(10)}`
  const masked = redactor.text(text, 'log.body')
  expect(masked.length).toBeLessThanOrEqual(1024 * 1024)
  expect(masked.slice(-40)).toMatch(/^[a ]+(?:\*{4}4242 )?[b ]*\[cut\]$/)
  expect(redactor.text(masked, 'log.body')).toBe(masked)
})
