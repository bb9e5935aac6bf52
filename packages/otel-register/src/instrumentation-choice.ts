import { suggestName } from '@plutus/config'
import type { InstrumentationSpec } from './instrumentation-table.ts'

/** Which instrumentations may act, and what was asked for in vain. */
export interface InstrumentationChoice {
  readonly chosen: readonly InstrumentationSpec[]
  /** One line for each unknown name. */
  readonly warnings: readonly string[]
}

const PREFIX = '@opentelemetry/instrumentation-'

/**
 * Chooses instrumentations as upstream's variables say: the enabled ones, or all that need no request, less the disabled
 * ones. An unknown name is told with the nearest right one and changes nothing.
 */
export function chooseInstrumentations(
  table: readonly InstrumentationSpec[],
  enabled: readonly string[],
  disabled: readonly string[],
): InstrumentationChoice {
  const names = table.map(({ name }) => name)
  const known = new Set(names)
  const warnings: string[] = []
  const read = (variable: string, list: readonly string[]): Set<string> => {
    const found = new Set<string>()
    for (const [at, entry] of list.entries()) {
      const name = entry.startsWith(PREFIX) ? entry.slice(PREFIX.length) : entry
      if (known.has(name)) found.add(name)
      else warnings.push(`${variable}: ${describeUnknown(name, at + 1, names)}`)
    }
    return found
  }
  const wanted = read('OTEL_NODE_ENABLED_INSTRUMENTATIONS', enabled)
  const refused = read('OTEL_NODE_DISABLED_INSTRUMENTATIONS', disabled)
  const chosen = table.filter(
    ({ name, onRequest }) => (enabled.length > 0 ? wanted.has(name) : onRequest !== true) && !refused.has(name),
  )
  return { chosen, warnings }
}

// What resembles no name may be anything, even a secret in the wrong place, and stays out of the line.
function describeUnknown(name: string, position: number, names: readonly string[]): string {
  const nearest = /^[\w.-]+$/.test(name) ? suggestName(name, names) : undefined
  if (nearest === undefined) return `entry ${position} is not the name of an instrumentation`
  return `there is no instrumentation "${name}"; did you mean ${nearest}?`
}
