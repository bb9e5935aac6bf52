import type { CollectorConfig, CollectorRole } from '../collector-config.ts'
import type { BackendName, Policy } from '../policy.ts'
import { checkListeners } from './check-listeners.ts'
import { checkPipelines } from './check-pipelines.ts'
import { checkQueues } from './check-queues.ts'
import { checkRoutes } from './check-routes.ts'
import { COLLECTOR_RULES } from './collector-rules.ts'
import type { CollectorProblem, ReportCollector } from './collector-rules.ts'

/** What a configuration is for. */
export interface CheckCollectorOptions {
  readonly role: CollectorRole
  /** @defaultValue the policy's `targets.backend` */
  readonly backend?: BackendName
}

/**
 * Finds what in a collector's configuration would lose, sample away, leak or expose what the policy protects.
 *
 * The collector's own `validate` knows none of this. A variable counts with its fallback.
 *
 * @returns no problem, or all of them.
 */
export function checkCollector(
  config: CollectorConfig,
  policy: Policy,
  { role, backend = policy.targets.backend }: CheckCollectorOptions,
): CollectorProblem[] {
  const problems: CollectorProblem[] = []
  const report: ReportCollector = (code, component, wrong) =>
    problems.push({ code, component, message: `${wrong} ${COLLECTOR_RULES[code].wayOut}` })
  checkPipelines(config, role, backend, report)
  checkRoutes(config, policy, role, report)
  checkQueues(config, policy, role, report)
  checkListeners(config, report)
  return problems
}
