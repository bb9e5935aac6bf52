import type { Instrumentation } from '@opentelemetry/instrumentation'
import type { ResolvedConfig } from '@plutus/config'
import type { InstrumentationSpec } from './instrumentation-table.ts'

/** Loads instrumentations on demand, each once. */
export interface InstrumentationLoader {
  /**
   * Loads one and enables it; from the second call on it does nothing. Throws nothing.
   *
   * @param first message of a channel that it is loaded for, and could not subscribe to before.
   */
  readonly load: (spec: InstrumentationSpec, first?: unknown) => void
}

/** What a file of `instrumentations/` exports. */
export interface InstrumentationFile {
  readonly create: (config: ResolvedConfig, first?: unknown) => Instrumentation
}

/**
 * Creates the loader.
 *
 * @param read Loads the file of an instrumentation by its name, synchronously: a promise would settle after the
 * application has the unpatched module.
 * @param refuse Hears of an instrumentation that could not be loaded.
 * @param config What instrumentations are told.
 */
export function createInstrumentationLoader(
  read: (name: string) => InstrumentationFile,
  refuse: (name: string, error: unknown) => void,
  config: ResolvedConfig,
): InstrumentationLoader {
  const started = new Set<string>()
  return {
    load: ({ name }, first) => {
      if (started.has(name)) return
      started.add(name)
      try {
        read(name).create(config, first) // upstream's base class enables itself
      } catch (error) {
        refuse(name, error)
      }
    },
  }
}
