import { stringify } from 'yaml'
import { policyHash } from '../policy-hash.ts'
import { CLASS_ORDER } from '../policy-fields.ts'
import type { Policy } from '../policy.ts'
import { headOf } from './rendered-file.ts'
import type { RenderedFile } from './rendered-file.ts'

// The larger one wins where two selectors fit; ours never do, and a rule of one's own may stand above them.
const PRIORITY = 10

/**
 * Renders retention for Loki: a stream per class, which the class becomes a label for. Not retroactive. What has another
 * class or none stays as long as `application`.
 */
export function renderLoki(policy: Policy): RenderedFile {
  const { classes } = policy
  const settings = {
    limits_config: {
      retention_period: inHours(classes.application.searchableDays),
      retention_stream: CLASS_ORDER.map((name) => ({
        selector: `{plutus_data_class="${name}"}`,
        priority: PRIORITY,
        period: inHours(classes[name].searchableDays),
      })),
      otlp_config: {
        resource_attributes: {
          attributes_config: [
            { action: 'index_label', attributes: ['plutus.data.class', 'service.name', 'deployment.environment.name'] },
          ],
        },
      },
    },
    compactor: { retention_enabled: true, delete_request_store: 'filesystem' },
  }
  const head = [
    headOf('#', 'retention in Loki', policyHash(policy)),
    '# delete_request_store names the store of the deployment. A life cycle of its bucket must be longer than these periods.',
  ]
  return { name: 'loki.yaml', text: `${head.join('\n')}\n${stringify(settings)}` }
}

function inHours(days: number): string {
  return `${days * 24}h`
}
