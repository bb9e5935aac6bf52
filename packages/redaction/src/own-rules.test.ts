import { expect, it } from 'vitest'
import { createRedactor } from './redactor.ts'
import { findNonLinear } from './own-rules.ts'

it.each([
  [/[A-Z]{2}\d{6,12}/],
  [/ORD-(?:\d{4}-)?\d{1,64}/i],
  [/(?<country>[a-z]{2})_\w{8}\b/],
  [/\u{1F600}[\p{L}\]]{1,9}/u],
  [/a{0,64}b{0,62}c/],
  [/(?:a{128}){127}b/],
])('accepts %s', (pattern) => {
  expect(findNonLinear(pattern)).toBeUndefined()
})

it.each([
  [/\d+x/, '"+" has no upper bound, write {1,64}'],
  [/\d*x/, '"*" has no upper bound, write {1,64}'],
  [/\d{2,}x/, '"{2,}" has no upper bound, write {2,64}'],
  [/(?:a{1,30}){1,30}x/, 'it can go '],
  [/a{0,64}b{0,64}c/, 'it can go 4225 ways from one position, at most 4096 are allowed'],
  [/a{0,2000}b/, '"{0,2000}" repeats more than 1024 times'],
  [/(a)\1/, 'it refers back to a group, leave that out'],
  [/a(?=b)/, 'it looks around with (?=, (?!, (?<= or (?<!, leave that out'],
  [/(?<!a)b/, 'it looks around'],
  [/a{0,5}/, 'it matches the empty text'],
  [/\b/, 'it matches the empty text'],
  [/(?:x|^)/m, 'it matches the empty text'],
  [/(?:a{128}){129}b/, 'it can take 16513 steps from one position, at most 16384 are allowed'],
  // Without the flag u these are letters that repeat.
  [new RegExp(String.raw`\p{2,}x`), '"{2,}" has no upper bound, write {2,64}'],
  [new RegExp(String.raw`\u{1,}x`), '"{1,}" has no upper bound, write {1,64}'],
])('refuses %s with the reason', (pattern, reason) => {
  expect(findNonLinear(pattern)).toContain(reason)
})

it('names the rule that it refuses', () => {
  expect(() => createRedactor({ rules: [{ name: 'member', pattern: /M\d+/ }] })).toThrow(
    'Option redaction.rules.member must be a pattern of linear time: "+" has no upper bound, write {1,64}; correct it, or leave it out.',
  )
  expect(() => createRedactor({ rules: [{ name: '1', pattern: /M\d/ }] })).toThrow(
    expect.objectContaining({ code: 'PLUTUS_OPTION_INVALID', option: 'redaction.rules[0].name' }),
  )
})

it('masks what an own rule finds, everywhere in a text, and counts it under its name', () => {
  const hits: string[] = []
  const redactor = createRedactor({
    rules: [{ name: 'member', pattern: /M-\d{4}/, replacement: 'M-****' }],
    onHit: (rule) => hits.push(rule),
  })
  expect(redactor.text('M-1234 and M-5678', 'log.body')).toBe('M-**** and M-****')
  expect(hits).toEqual(['member'])
})
