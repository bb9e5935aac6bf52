import { stringify } from 'yaml'
import { policyHash } from '../policy-hash.ts'
import type { Policy } from '../policy.ts'
import { headOf } from './rendered-file.ts'
import type { RenderedFile } from './rendered-file.ts'
import { tracesDays } from './traces-days.ts'

/** Renders retention for Tempo, which knows it per tenant only: one period for all spans. */
export function renderTempo(policy: Policy): RenderedFile {
  const block_retention = `${tracesDays(policy) * 24}h`
  const settings = {
    compactor: { compaction: { block_retention } },
    overrides: { defaults: { compaction: { block_retention } } },
  }
  return {
    name: 'tempo.yaml',
    text: `${headOf('#', 'retention in Tempo', policyHash(policy))}\n${stringify(settings)}`,
  }
}
