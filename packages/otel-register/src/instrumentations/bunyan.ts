import type { Instrumentation } from '@opentelemetry/instrumentation'
import { BunyanInstrumentation } from '@opentelemetry/instrumentation-bunyan'
import { widenVersions } from '@plutus/instrumentation-http'

// Newer releases of the library kept what is patched here.
export const create = (): Instrumentation => widenVersions(new BunyanInstrumentation(), ['>=1.0.0 <3'])
