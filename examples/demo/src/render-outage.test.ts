import { expect, it } from 'vitest'
import { createPage } from './layout.ts'
import { renderOutage } from './render-outage.ts'

const page = createPage({}, {})
const report = { payments: 260, emitted: 520, stored: 463, delivered: 520, twice: 3, lost: 0, spool: 'PROCESS\n1-a\n' }

it('prints what was emitted, stored, delivered, delivered twice and lost', () => {
  const lines = renderOutage(report, page)
  const counts = lines.flatMap((line) => /^ {2}(\w+) +(\d+)(?: {2}|$)/.exec(line)?.slice(1, 3).join(' ') ?? [])
  expect(counts).toEqual(['emitted 520', 'stored 463', 'delivered 520', 'twice 3', 'lost 0'])
  expect(lines).toContain('  1-a')
  expect(lines.at(-1)).toBe('  ✔ no event of a confirmed payment is lost')
})

it('says so when something is lost', () => {
  expect(renderOutage({ ...report, delivered: 519, lost: 1 }, page).at(-1)).toMatch(/^ {2}✘/)
})
