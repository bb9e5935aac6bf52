import type { Instrumentation } from '@opentelemetry/instrumentation'
import { createNatsInstrumentation } from '@plutus/instrumentation-messaging'

export const create = (): Instrumentation => createNatsInstrumentation()
