import type { CollectorRole } from '../collector-config.ts'
import type { CollectorOptions } from '../collector/build-collector.ts'
import { variablesIn } from '../collector/environment.ts'
import { renderCollector, STOCK_COLLECTOR_VERSION } from '../collector/render-collector.ts'
import { samplesInCollector } from '../collector/sampling.ts'
import type { Policy } from '../policy.ts'

/** What deployments are rendered for, beside the policy. */
export type DeploymentOptions = Pick<CollectorOptions, 'backend'>

/** The stock collector: the chart's and its users' own. */
export const IMAGE = { repository: 'otel/opentelemetry-collector-contrib', tag: STOCK_COLLECTOR_VERSION } as const

/** User of that image. */
export const USER_ID = 10_001

/** Where a container has what it needs. */
export const PLACES = {
  queue: '/var/lib/plutus/queue',
  archive: '/var/lib/plutus/archive',
  tls: '/etc/plutus/tls',
} as const

/** Samplers beside each other: a trace is decided in one of them, by its id. */
export const SAMPLERS = 2

/** Variables that a deployment knows itself: where a container has its folders and its listeners, and the next tier. */
const OWN = /^PLUTUS_(?:LISTEN|QUEUE_DIR|ARCHIVE_DIR|HEALTH_PORT|TELEMETRY_PORT|SAMPLERS)/

/** A collector of a deployment. */
export interface DeployedCollector {
  readonly role: CollectorRole
  /** Its configuration, as YAML. */
  readonly text: string
  /** Whether it keeps the archive in files. */
  readonly hasArchive: boolean
}

/** The collector of a role, as deployments run it. */
export function deployedCollector(policy: Policy, options: CollectorOptions): DeployedCollector {
  const text = renderCollector(policy, options)
  return { role: options.role, text, hasArchive: variablesIn(text).some(({ name }) => name === 'PLUTUS_ARCHIVE_DIR') }
}

/** The roles that stand behind each other; samplers only where there is something to choose. */
export function rolesOfTiers({ sampling }: Policy): readonly CollectorRole[] {
  return samplesInCollector(sampling) ? ['agent', 'gateway', 'sampler'] : ['agent', 'gateway']
}

/**
 * Whether a collector speaks to the world outside of the deployment. An agent that sends to a gateway must not see what is
 * meant for the gateway: an address of one class, such as PLUTUS_OTLP_ENDPOINT_AUDIT, would lead its records past it.
 */
export function speaksOutside({ targets }: Policy, role: CollectorRole): boolean {
  return role !== 'agent' || targets.transport === 'kafka'
}

/** Lines on the variables that a deployment leaves to its user. */
export function describeVariables(collectors: readonly DeployedCollector[]): readonly string[] {
  return variablesIn(collectors.map(({ text }) => text).join('\n'))
    .filter(({ name }) => !OWN.test(name))
    .map(({ name, about, fallback }) => `#   ${name}: ${about}${fallback === undefined ? ' (required)' : ''}`)
}

/** A size as Kubernetes writes it. */
export function quantityOf(bytes: number): string {
  if (bytes % 2 ** 30 === 0) return `${bytes / 2 ** 30}Gi`
  return bytes % 2 ** 20 === 0 ? `${bytes / 2 ** 20}Mi` : String(bytes)
}
