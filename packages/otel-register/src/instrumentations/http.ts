import type { Instrumentation } from '@opentelemetry/instrumentation'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import type { ResolvedConfig } from '@plutus/config'
import { createHttpInstrumentation, guardInstrumentation, httpOptionsFrom } from '@plutus/instrumentation-http'

/** Ours listens to Node's channels; `PLUTUS_ENGINE=upstream` means upstream's in this too. */
export const create = (config: ResolvedConfig): Instrumentation =>
  config.get('PLUTUS_ENGINE') === 'upstream'
    ? guardInstrumentation(new HttpInstrumentation())
    : createHttpInstrumentation(httpOptionsFrom(config))
