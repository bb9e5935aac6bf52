export { matchesName } from './match-name.ts'
export { builtInPolicy, parsePolicy } from './parse-policy.ts'
export type { ParsePolicyOptions, PolicySource } from './parse-policy.ts'
export { describeProblem, PolicyError } from './policy-error.ts'
export type { PolicyProblem, Position } from './policy-error.ts'
export { CLASS_ORDER } from './policy-fields.ts'
export { policyHash } from './policy-hash.ts'
export { POLICY_RULES } from './policy-rules.ts'
export type { PolicyRule, PolicyRuleCode } from './policy-rules.ts'
export { BACKENDS } from './policy.ts'
export type {
  AlertPolicy,
  BackendName,
  ClassPolicy,
  LimitPolicy,
  MatchRule,
  MetricPolicy,
  Policy,
  SamplingPolicy,
  TargetPolicy,
  TierPolicy,
} from './policy.ts'
export { buildCollector } from './collector/build-collector.ts'
export type { CollectorOptions } from './collector/build-collector.ts'
export { renderCollector, STOCK_COLLECTOR_VERSION } from './collector/render-collector.ts'
