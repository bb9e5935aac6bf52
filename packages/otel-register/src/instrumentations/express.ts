import type { Instrumentation } from '@opentelemetry/instrumentation'
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express'
import type { ResolvedConfig } from '@plutus/config'
import { createExpressInstrumentation, guardInstrumentation } from '@plutus/instrumentation-http'

/** Ours makes one span per route; `PLUTUS_ENGINE=upstream` means upstream's in this too. */
export const create = (config: ResolvedConfig): Instrumentation =>
  config.get('PLUTUS_ENGINE') === 'upstream'
    ? guardInstrumentation(new ExpressInstrumentation())
    : createExpressInstrumentation()
