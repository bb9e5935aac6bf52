import { expect, it } from 'vitest'
import { builtInPolicy } from '../parse-policy.ts'
import { renderS3 } from '../retention/s3.ts'
import type { Lifecycle } from '../retention/s3.ts'
import { checkBucket } from './check-bucket.ts'
import type { BucketUse } from './check-bucket.ts'

const policy = builtInPolicy()

function problemsOf(use: BucketUse, Days: number, Prefix: string | undefined, Status = 'Enabled'): string[] {
  const rule = { ID: 'own', Status, ...(Prefix !== undefined && { Filter: { Prefix } }), Expiration: { Days } }
  return checkBucket({ Rules: [rule] } as unknown as Lifecycle, policy, use).map(({ message }) => message)
}

it('finds nothing in the life cycle that is rendered', () => {
  const lifecycle = JSON.parse(renderS3(policy)[0]?.text ?? '') as Lifecycle
  expect(lifecycle.Rules).toHaveLength(3)
  expect(checkBucket(lifecycle, policy, 'archive')).toEqual([])
})

it.each([
  ['a class', 'archive', 'payment/', 2555],
  ['a part of a class', 'archive', 'payment/year=2026/', 2555],
  ['several classes at once', 'archive', 'p', 2555],
  ['the whole archive', 'archive', undefined, 2555],
  ['the storage of a backend, and a day more', 'backend', undefined, 2556],
] as const)('asks for the time of %s', (_what, use, prefix, days) => {
  expect(problemsOf(use, days, prefix)).toEqual([])
  expect(problemsOf(use, days - 1, prefix)).toEqual([
    `The rule own deletes after ${days - 1}d, and the policy keeps for ${days}d. Raise its expiration: what a backend or an auditor still looks for would be gone.`,
  ])
  expect(problemsOf(use, days - 1, prefix, 'Disabled')).toEqual([])
})

it('leaves alone what the policy does not archive', () => {
  expect(problemsOf('archive', 1, 'application/')).toEqual([])
  expect(problemsOf('archive', 1, 'exports/')).toEqual([])
})
