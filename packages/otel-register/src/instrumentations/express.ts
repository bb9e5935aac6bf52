import type { Instrumentation } from '@opentelemetry/instrumentation'
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express'
import { guardInstrumentation } from '@plutus/instrumentation-http'

export const create = (): Instrumentation => guardInstrumentation(new ExpressInstrumentation())
