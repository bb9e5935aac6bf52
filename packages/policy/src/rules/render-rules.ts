import type { Policy } from '../policy.ts'
import type { RenderedFile } from '../retention/rendered-file.ts'
import { renderLokiRules } from './loki-rules.ts'
import { renderPrometheusRules } from './prometheus.ts'
import { renderPromtoolTests } from './promtool-tests.ts'

/** Renders the policy's alerts as rules of Prometheus, with tests for `promtool test rules`, and of Loki. */
export function renderRules(policy: Policy): readonly RenderedFile[] {
  return [renderPrometheusRules(policy), renderPromtoolTests(policy), renderLokiRules(policy)]
}
