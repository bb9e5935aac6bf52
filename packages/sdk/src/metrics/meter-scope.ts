import type { MeterOptions } from '@opentelemetry/api'
import { readAttributeSet } from './attribute-set.ts'

/** The instrumentation scope of a meter. */
export interface MeterScope {
  /** Equal for equal scopes. */
  readonly key: string
  readonly name: string
  readonly version: string | undefined
  readonly schemaUrl: string | undefined
  readonly attributePairs: readonly unknown[] | undefined
}

/** Reads what a meter is asked for with; what is no text counts as empty. Never throws. */
export function readMeterScope(name: unknown, version: unknown, options: MeterOptions | undefined): MeterScope {
  let schemaUrl: unknown
  let scopeAttributes: unknown
  try {
    ;({ schemaUrl, scopeAttributes } = (options ?? {}) as { schemaUrl?: unknown; scopeAttributes?: unknown })
  } catch {
    // Options that cannot be read say nothing; the name does.
  }
  const texts = [name, version, schemaUrl].map((text) => (typeof text === 'string' ? text : ''))
  const set =
    typeof scopeAttributes === 'object' && scopeAttributes !== null ? readAttributeSet(scopeAttributes) : undefined
  return {
    key: JSON.stringify([...texts, set?.key ?? '']),
    name: texts[0] as string,
    version: texts[1],
    schemaUrl: texts[2],
    attributePairs: set?.names.flatMap((attribute, i) => [attribute, set.values[i]]),
  }
}
