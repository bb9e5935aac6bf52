import type { Instrumentation } from '@opentelemetry/instrumentation'
import { createHonoInstrumentation } from '@plutus/instrumentation-http'

export const create = (): Instrumentation => createHonoInstrumentation()
