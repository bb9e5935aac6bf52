import type { Instrumentation } from '@opentelemetry/instrumentation'
import { GenericPoolInstrumentation } from '@opentelemetry/instrumentation-generic-pool'

export const create = (): Instrumentation => new GenericPoolInstrumentation()
