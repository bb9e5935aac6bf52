import { expect, it } from 'vitest'
import { selectTemporality } from './temporality.ts'

// The table of the specification; of gauges, delta says that old values are not repeated.
it.each([
  ['counter', 'cumulative', 'delta', 'delta'],
  ['up_down_counter', 'cumulative', 'cumulative', 'cumulative'],
  ['histogram', 'cumulative', 'delta', 'delta'],
  ['gauge', 'cumulative', 'delta', 'cumulative'],
  ['observable_counter', 'cumulative', 'delta', 'cumulative'],
  ['observable_up_down_counter', 'cumulative', 'cumulative', 'cumulative'],
  ['observable_gauge', 'cumulative', 'delta', 'cumulative'],
] as const)('tells %s under cumulative as %s, under delta as %s, under lowmemory as %s', (kind, ...expected) => {
  const preferences = ['cumulative', 'delta', 'lowmemory'] as const
  expect(preferences.map((preference) => selectTemporality(preference, kind))).toEqual(expected)
})
