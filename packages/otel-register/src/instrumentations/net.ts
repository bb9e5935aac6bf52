import type { Instrumentation } from '@opentelemetry/instrumentation'
import { NetInstrumentation } from '@opentelemetry/instrumentation-net'

export const create = (): Instrumentation => new NetInstrumentation()
