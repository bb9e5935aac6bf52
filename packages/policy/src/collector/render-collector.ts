import { stringify } from 'yaml'
import { policyHash } from '../policy-hash.ts'
import type { Policy } from '../policy.ts'
import { buildCollector } from './build-collector.ts'
import type { CollectorOptions } from './build-collector.ts'
import { variablesIn } from './environment.ts'

/** The oldest stock `otelcol-contrib` that takes what is rendered. */
export const STOCK_COLLECTOR_VERSION = '0.158.0'

const PERFECTLY_LONG = 0 // no line is folded

/**
 * Renders the configuration of one collector as YAML. The same policy and options give the same text.
 *
 * Its header names the variables that it reads: addresses, credentials and folders are never in it.
 *
 * @example renderCollector(builtInPolicy(), { role: 'single' }).startsWith('# Plutus') // true
 */
export function renderCollector(policy: Policy, options: CollectorOptions): string {
  const { role, backend = policy.targets.backend } = options
  const body = stringify(buildCollector(policy, options), { lineWidth: PERFECTLY_LONG, aliasDuplicateObjects: false })
  const variables = variablesIn(body).map(
    ({ name, about, fallback }) => `#   ${name}: ${about} (${describe(fallback)})`,
  )
  const header = [
    `# Plutus: collector, role ${role}, backend ${backend}, policy ${policyHash(policy)}. Rendered; change the policy instead.`,
    `# For otelcol-plutus, and for otelcol-contrib from v${STOCK_COLLECTOR_VERSION} on. It reads these variables:`,
    ...variables,
  ]
  return `${header.join('\n')}\n${body}`
}

function describe(fallback: string | undefined): string {
  if (fallback === undefined) return 'required'
  return ['', '[]', 'null'].includes(fallback) ? 'none' : fallback
}
