import type { Instrumentation } from '@opentelemetry/instrumentation'
import { createFastifyInstrumentation } from '@plutus/instrumentation-http'

export const create = (): Instrumentation => createFastifyInstrumentation()
