import type { Instrumentation } from '@opentelemetry/instrumentation'
import { createRouterInstrumentation } from '@plutus/instrumentation-http'

export const create = (): Instrumentation => createRouterInstrumentation()
