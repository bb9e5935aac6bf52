import { expect, it } from 'vitest'
import { parsePolicy } from '../parse-policy.ts'
import { buildTailSampling, samplesInCollector, thresholdOf } from './sampling.ts'

const policyWith = (sampling: string) => parsePolicy(`version: 1\nsampling: { ${sampling} }`, { file: 'test.yaml' })

// OpenTelemetry's own table of thresholds: a rate of one half is 8, of a tenth e6666…; the SDK's has no rounding either.
it.each([
  [1, '00000000000000'],
  [0.5, '80000000000000'],
  [0.25, 'c0000000000000'],
  [0.1, 'e6666666666666'],
  [0, '100000000000000'],
])('keeps at a rate of %d the trace ids from %s on', (rate, threshold) => {
  expect(thresholdOf(rate)).toBe(threshold)
})

it.each([
  ['rate: 100%', false],
  ['rate: 99.9%', true],
  ['rate: 10%, decided_by: process', false],
])('chooses for %s: %s', (sampling, expected) => {
  expect(samplesInCollector(policyWith(sampling).sampling)).toBe(expected)
})

it('keeps at a rate of 0 what asks to be kept, and nothing else', () => {
  const { tail_sampling: settings } = buildTailSampling(policyWith('rate: 0%'))
  const names = (settings as { policies: { name: string }[] }).policies.map(({ name }) => name)
  expect(names).toEqual(['errors', 'slow', 'kept', 'exceptions'])
})
