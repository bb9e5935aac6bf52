import type { Policy } from '../policy.ts'
import type { RenderedFile } from '../retention/rendered-file.ts'
import { renderComposeFiles } from './compose.ts'
import type { DeploymentOptions } from './deployed-collector.ts'
import { renderHelmValues } from './helm.ts'

/**
 * Renders what runs the collectors of a policy: values of the Helm chart `opentelemetry-collector` for each role, and
 * compose files for one process and for tiers. The configuration stands inside; memory and volumes have the policy's limits.
 */
export function renderDeployments(policy: Policy, options: DeploymentOptions = {}): readonly RenderedFile[] {
  return [...renderHelmValues(policy, options), ...renderComposeFiles(policy, options)]
}
