import { expect, it } from 'vitest'
import { compareRuns, readFailures } from './tap.ts'

const tap = (total: number, ...failed: string[]): string =>
  ['TAP version 13', 'ok 1 - fine', ...failed.map((name, i) => `    not ok ${i} - ${name}`), `# tests ${total}`].join(
    '\n',
  )

it('reads the names of what failed, but for files', () => {
  expect(readFailures(tap(9, 'replies', 'replies', 'test/reply.test.js'))).toEqual(
    new Map([
      ['', 9],
      ['replies', 2],
    ]),
  )
})

it.each<[what: string, underHook: string, requests: number, broken: string[]]>([
  ['nothing of what failed before', tap(9, 'old'), 1, []],
  ['what is new', tap(9, 'old', 'new'), 1, ['new']],
  ['what fails more often', tap(9, 'old', 'old'), 1, ['old']],
  ['a run that was cut', tap(8), 1, ['(fewer tests ran)']],
  ['a hook that did nothing', tap(9), 0, ['(nothing was exported)']],
])('tells %s', (_what, underHook, requests, broken) => {
  expect(compareRuns(readFailures(tap(9, 'old')), readFailures(underHook), requests).broken).toEqual(broken)
})
