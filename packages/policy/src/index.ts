export { checkBucket } from './checks/check-bucket.ts'
export type { BucketUse } from './checks/check-bucket.ts'
export { checkCollector } from './checks/check-collector.ts'
export type { CheckCollectorOptions } from './checks/check-collector.ts'
export { COLLECTOR_RULES } from './checks/collector-rules.ts'
export type { CollectorProblem, CollectorRuleCode } from './checks/collector-rules.ts'
export { COLLECTOR_ROLES } from './collector-config.ts'
export type {
  CollectorConfig,
  CollectorPipeline,
  CollectorRole,
  CollectorService,
  Components,
} from './collector-config.ts'
export { classOfRecord, SEVERITIES } from './class-of-record.ts'
export type { RecordTraits } from './class-of-record.ts'
export { comparePolicies, tabulateChanges } from './compare-policies.ts'
export type { PolicyChange } from './compare-policies.ts'
export { describeDropping, describeLinks, explainEvents, tabulateExplanations } from './explain.ts'
export type { EventExplanation } from './explain.ts'
export { formatTable } from './format.ts'
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
  RedactionPolicy,
  MatchRule,
  MetricPolicy,
  Policy,
  SamplingPolicy,
  TargetPolicy,
  TierPolicy,
} from './policy.ts'
export { buildCollector } from './collector/build-collector.ts'
export type { CollectorOptions } from './collector/build-collector.ts'
export { renderDashboards } from './dashboards/render-dashboards.ts'
export { COLLECTOR_METRICS, SDK_METRICS } from './dashboards/shown-metrics.ts'
export type { ShownMetric } from './dashboards/shown-metrics.ts'
export type { DeploymentOptions } from './deployment/deployed-collector.ts'
export { renderDeployments } from './deployment/render-deployments.ts'
export { readCollectorConfig } from './read-collector-config.ts'
export { goSettingsOf } from './collector/go-settings.ts'
export { renderCollector, STOCK_COLLECTOR_VERSION } from './collector/render-collector.ts'
export { renderRetention } from './retention/render-retention.ts'
export type { RenderedFile } from './retention/rendered-file.ts'
export type { Lifecycle, LifecycleRule } from './retention/s3.ts'
export { applyRetention } from './retention-files/apply-retention.ts'
export type { ApplyRetentionOptions, RetentionReport } from './retention-files/apply-retention.ts'
export { COMPRESSIONS } from './retention-files/compression.ts'
export type { Compression } from './retention-files/compression.ts'
export { planRetention } from './retention-files/plan-retention.ts'
export type { DiskUse, RetentionOptions, RetentionStep } from './retention-files/plan-retention.ts'
export { renderRules } from './rules/render-rules.ts'
