import type { Policy } from '../policy.ts'
import type { RenderedFile } from '../retention/rendered-file.ts'
import { renderDashboard } from './dashboard.ts'
import { httpAndDatabase } from './http-database.ts'
import { overview } from './overview.ts'
import { pipeline } from './pipeline.ts'
import { security } from './security.ts'
import { stripe } from './stripe.ts'

/**
 * Renders dashboards of Grafana from the policy and the metrics that the SDK and the collector make: overview, HTTP and
 * database, Stripe and payments, security, pipeline. Metrics come from a source of Prometheus' kind, records from Loki.
 */
export function renderDashboards(policy: Policy): readonly RenderedFile[] {
  return [overview(policy), httpAndDatabase(), stripe(policy), security(policy), pipeline(policy)].map((parts) =>
    renderDashboard(policy, parts),
  )
}
