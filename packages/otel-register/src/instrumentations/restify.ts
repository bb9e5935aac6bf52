import type { Instrumentation } from '@opentelemetry/instrumentation'
import { RestifyInstrumentation } from '@opentelemetry/instrumentation-restify'
import { guardInstrumentation } from '@plutus/instrumentation-http'

export const create = (): Instrumentation => guardInstrumentation(new RestifyInstrumentation())
