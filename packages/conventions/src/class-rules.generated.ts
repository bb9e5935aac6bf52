// Made from otel-collector/policy.yaml by packages/policy/generate.ts.
import type { ClassRule, DataClass } from './data-classes.ts'

/** Rule of each class, as the built-in policy has it; a policy file may change it. */
export const CLASS_RULES: Readonly<Record<DataClass, ClassRule>> = {
  application: { keep: 'warn-and-above', durable: false, searchableDays: 30, archiveDays: 0 },
  performance: { keep: 'warn-and-above', durable: false, searchableDays: 14, archiveDays: 0 },
  payment: { keep: 'all', durable: true, searchableDays: 60, archiveDays: 2555 },
  security: { keep: 'all', durable: true, searchableDays: 90, archiveDays: 2555 },
  audit: { keep: 'all', durable: true, searchableDays: 2555, archiveDays: 2555 },
}
