import type { Instrumentation } from '@opentelemetry/instrumentation'
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino'

export const create = (): Instrumentation => new PinoInstrumentation()
