import { expect, it } from 'vitest'
import { parseOwnRules } from './own-rules-file.ts'

it('reads rules with their flags and what is written instead', () => {
  const json =
    '[{"name":"member","pattern":"M-\\\\d{4}","flags":"i","replacement":"M-****"},{"name":"b","pattern":"x"}]'
  const expected = [
    { name: 'member', pattern: /M-\d{4}/i, replacement: 'M-****' },
    { name: 'b', pattern: /x/ },
  ]
  expect(parseOwnRules(json)).toEqual({ rules: expected, problems: [] })
  expect(parseOwnRules(`\ufeff${json}`).rules).toEqual(expected)
})

it.each([
  [
    'an unbounded pattern',
    { pattern: 'M\\d+' },
    'must be a pattern of linear time: "+" has no upper bound, write {1,64}',
  ],
  ['a pattern that is none', { pattern: 'secret(' }, 'must have a pattern that can be compiled (Unterminated group)'],
  ['no pattern', {}, 'must have a pattern, as a text'],
  ['a flag that decides nothing here', { pattern: 'x', flags: 'g' }, 'may have the flags i, m, s and u, in this order'],
  ['a flag twice', { pattern: 'x', flags: 'ii' }, 'may have the flags i, m, s and u, in this order'],
  ['a replacement that is no text', { pattern: 'x', replacement: 1 }, 'must have a text as its replacement'],
  ['a member that nobody knows', { pattern: 'x', regex: 'y' }, 'may have only name, pattern, flags, replacement'],
])('names a rule with %s and the reason, and lets the others act', (_what, members, reason) => {
  const { rules, problems } = parseOwnRules(
    JSON.stringify([
      { name: 'bad', ...members },
      { name: 'good', pattern: 'x' },
    ]),
  )
  expect(rules).toEqual([{ name: 'good', pattern: /x/ }])
  expect(problems).toEqual([`rule bad ${reason}: it does not act, the others do`])
})

it('counts rules that have no name, and takes of two of one name the first', () => {
  const { rules, problems } = parseOwnRules(
    '[7, {"name":"a b","pattern":"x"}, {"name":"a","pattern":"x"}, {"name":"a","pattern":"y"}]',
  )
  expect(rules).toEqual([{ name: 'a', pattern: /x/ }])
  expect(problems).toEqual([
    'rule 1 must be an object with name, pattern, flags, replacement: it does not act, the others do',
    'rule 2 must have a name: a letter and up to 63 letters, digits, "_", "." or "-": it does not act, the others do',
    'rule a has the name of another: it does not act, the others do',
  ])
})

it('takes a hundred rules and tells that there are more', () => {
  const list = (count: number) =>
    JSON.stringify(Array.from({ length: count }, (_, at) => ({ name: `r${at}`, pattern: 'x' })))
  expect(parseOwnRules(list(100))).toMatchObject({ rules: { length: 100 }, problems: [] })
  expect(parseOwnRules(list(101))).toMatchObject({
    rules: { length: 100 },
    problems: ['it holds more than 100 rules: those behind them do not act'],
  })
})

it.each(['', '{"name":"member"}', '[{'])('finds no rule in %j and quotes nothing of it', (json) => {
  expect(parseOwnRules(json)).toEqual({ rules: [], problems: ['it holds no list of rules as JSON: none acts'] })
})
