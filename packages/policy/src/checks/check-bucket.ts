import { CLASS_ORDER } from '../policy-fields.ts'
import type { Policy } from '../policy.ts'
import type { Lifecycle, LifecycleRule } from '../retention/s3.ts'
import { tracesDays } from '../retention/traces-days.ts'
import { COLLECTOR_RULES } from './collector-rules.ts'
import type { CollectorProblem } from './collector-rules.ts'

/** What a bucket is for: the archive of the policy, or the storage of a backend such as Loki or Tempo. */
export type BucketUse = 'archive' | 'backend'

/**
 * Finds rules of a bucket's life cycle that delete before the policy does: in the archive before a class's time, in the
 * bucket of a backend before the longest time for which records can be searched, and one day in which it deletes itself.
 */
export function checkBucket(lifecycle: Lifecycle, policy: Policy, use: BucketUse): CollectorProblem[] {
  const code = 'COLLECTOR_BUCKET_LIFECYCLE'
  return lifecycle.Rules.flatMap((rule) => {
    const days = rule.Expiration?.Days
    if (rule.Status === 'Disabled' || days === undefined) return []
    const needed = use === 'archive' ? archiveDaysUnder(rule, policy) : backendDays(policy)
    if (days >= needed) return []
    const wrong = `The rule ${rule.ID} deletes after ${days}d, and the policy keeps for ${needed}d.`
    return [{ code, component: `rules/${rule.ID}`, message: `${wrong} ${COLLECTOR_RULES[code].wayOut}` }]
  })
}

function archiveDaysUnder(rule: LifecycleRule, { classes }: Policy): number {
  // Rules from elsewhere may lack the filter, which means all of the bucket.
  const prefix = (rule as Partial<LifecycleRule>).Filter?.Prefix ?? ''
  const touched = CLASS_ORDER.filter((name) => `${name}/`.startsWith(prefix) || prefix.startsWith(`${name}/`))
  return Math.max(0, ...touched.map((name) => classes[name].archiveDays))
}

function backendDays(policy: Policy): number {
  return Math.max(tracesDays(policy), ...CLASS_ORDER.map((name) => policy.classes[name].searchableDays)) + 1
}
