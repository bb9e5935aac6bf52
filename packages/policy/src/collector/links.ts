import type { Components } from '../collector-config.ts'
import type { Policy } from '../policy.ts'
import { asLiteral } from './environment.ts'

/** Says on the resource of a service that it puts nothing secret into links of spans. */
const LINKS_MASKED = 'plutus.links.masked'
/** `telemetry.distro.name` of the SDK, which masks them. */
const OWN_SDK = '@plutus/otel-register'

/**
 * Drops spans with links whose sender is not known to mask their attributes: no processor can read, change or remove those.
 * OTTL knows of links how many there are, and takes for them only those of another span. Nothing where the policy lets them pass.
 */
export function buildLinksFilter({ redaction }: Policy): Components {
  if (redaction.unmaskedLinks === 'pass') return {}
  const conditions = [
    'Len(span.links) > 0',
    `resource.attributes["telemetry.distro.name"] != "${OWN_SDK}"`,
    `resource.attributes["${LINKS_MASKED}"] != true`,
    `resource.attributes["${LINKS_MASKED}"] != "true"`, // as OTEL_RESOURCE_ATTRIBUTES says it
  ]
  // What cannot be judged is not passed on.
  return { 'filter/links': { error_mode: 'propagate', trace_conditions: [asLiteral(conditions.join(' and '))] } }
}
