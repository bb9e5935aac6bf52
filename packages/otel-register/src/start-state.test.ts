import { expect, it } from 'vitest'
import { isImportedTwice, tellRepeat } from './start-state.ts'

const isEntry = (specifier: string): boolean => specifier === 'hook'

it.each([
  [['--import', 'hook', '--import', 'hook'], true],
  [['--import=hook', '--import', 'hook'], true],
  [['--import', 'hook'], false],
  [['--import', 'hook', '--import', 'other'], false],
  [['--require', 'hook', '--import', 'hook'], false],
  [['--import'], false],
  [[], false],
])('sees in %j whether the entry is imported twice: %s', (options, expected) => {
  expect(isImportedTwice(options, isEntry)).toBe(expected)
})

it('tells a repeated start once', () => {
  const state = { version: '1.0.0', entry: '/a', isRepeatTold: false }
  const lines: string[] = []
  for (let count = 0; count < 3; count++) tellRepeat(state, state, (line) => lines.push(line))
  expect(lines).toHaveLength(1)
})
