import { expect, it } from 'vitest'
import { medianOf, renderScenario } from './table.ts'

it('takes the middle of what was measured, and of what is not a number nothing', () => {
  expect(medianOf([3, 1, 2])).toBe(2)
  expect(medianOf([1, 2, Number.NaN, 4, 3])).toBe(2.5)
  expect(medianOf([Number.NaN])).toBeNaN()
})

it('shows what a variant adds round by round, so that a slow round hits nobody', () => {
  const runs = new Map([
    ['none', [{ cpu: 10 }, { cpu: 100 }, { cpu: 10 }]],
    ['agent', [{ cpu: 15 }, { cpu: 105 }, { cpu: 15 }]],
    ['broken', [{}, {}, {}]],
  ])
  expect(renderScenario('hello', runs).split('\n')).toEqual([
    'hello',
    '                cpu',
    'none           10.0',
    'agent   15.0 (+5.0)',
    'broken            -',
    '',
  ])
})
