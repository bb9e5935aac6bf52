import type { Instrumentation } from '@opentelemetry/instrumentation'
import { createGraphqlInstrumentation } from '@plutus/instrumentation-http'

export const create = (): Instrumentation => createGraphqlInstrumentation()
