import type { Instrumentation } from '@opentelemetry/instrumentation'
import { createWinstonInstrumentation } from '../loggers/winston.ts'

export const create = (): Instrumentation => createWinstonInstrumentation()
