import type { Instrumentation } from '@opentelemetry/instrumentation'
import { NestInstrumentation } from '@opentelemetry/instrumentation-nestjs-core'
import { widenVersions } from '@plutus/instrumentation-http'

// Newer releases of the library kept what is patched here.
export const create = (): Instrumentation => widenVersions(new NestInstrumentation(), ['>=4.0.0 <13'])
