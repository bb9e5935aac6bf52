import type { DataClass } from '@plutus/conventions'
import { policyHash } from '../policy-hash.ts'
import { CLASS_ORDER } from '../policy-fields.ts'
import type { Policy, TierPolicy } from '../policy.ts'
import { jsonFile } from './rendered-file.ts'
import type { RenderedFile } from './rendered-file.ts'

/** A rule of a bucket's life cycle, as `put-bucket-lifecycle-configuration` takes it. */
export interface LifecycleRule {
  readonly ID: string
  readonly Status: 'Enabled' | 'Disabled'
  readonly Filter: { readonly Prefix: string }
  readonly Transitions?: readonly { readonly Days: number; readonly StorageClass: string }[]
  readonly Expiration?: { readonly Days: number }
  readonly NoncurrentVersionExpiration?: { readonly NoncurrentDays: number }
  readonly AbortIncompleteMultipartUpload?: { readonly DaysAfterInitiation: number }
}

/** A bucket's life cycle. */
export interface Lifecycle {
  readonly Rules: readonly LifecycleRule[]
}

// S3 moves nothing to STANDARD_IA before that, and bills that long for it.
const MIN_INFREQUENT_DAYS = 30

/**
 * Renders the life cycle of the archive's bucket: a prefix per class that moves on with the tiers and ends with its
 * period; and for immutable classes the lock of a bucket, which such a class needs for itself.
 */
export function renderS3(policy: Policy): readonly RenderedFile[] {
  const hash = policyHash(policy)
  const archived = CLASS_ORDER.filter((name) => policy.classes[name].archiveDays > 0)
  const lifecycle: Lifecycle = { Rules: archived.map((name) => ruleOf(policy, name, hash)) }
  return [
    jsonFile('s3-lifecycle.json', lifecycle),
    ...archived
      .filter((name) => policy.classes[name].immutable)
      .map((name) => jsonFile(`s3-object-lock-${name}.json`, lockOf(policy.classes[name].archiveDays, hash))),
  ]
}

function ruleOf({ classes, tiers }: Policy, name: DataClass, hash: string): LifecycleRule {
  const { archiveDays } = classes[name]
  return {
    ID: `plutus-${name}-${hash}`,
    Status: 'Enabled',
    Filter: { Prefix: `${name}/` },
    Transitions: transitionsOf(archiveDays, tiers),
    Expiration: { Days: archiveDays },
    NoncurrentVersionExpiration: { NoncurrentDays: 1 },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
  }
}

function transitionsOf(days: number, { warmDays, coldDays }: TierPolicy): NonNullable<LifecycleRule['Transitions']> {
  const infrequent = Math.max(warmDays, MIN_INFREQUENT_DAYS)
  const deep = Math.max(coldDays, infrequent + MIN_INFREQUENT_DAYS)
  return [
    { Days: infrequent, StorageClass: 'STANDARD_IA' },
    { Days: deep, StorageClass: 'GLACIER' },
  ].filter((transition) => transition.Days < days)
}

function lockOf(days: number, hash: string): unknown {
  // `put-object-lock-configuration` takes what stands in `configuration`, and has no place for the hash.
  const Rule = { DefaultRetention: { Mode: 'COMPLIANCE', Days: days } }
  return { policy: hash, configuration: { ObjectLockEnabled: 'Enabled', Rule } }
}
