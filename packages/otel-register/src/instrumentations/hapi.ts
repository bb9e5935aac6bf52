import type { Instrumentation } from '@opentelemetry/instrumentation'
import { HapiInstrumentation } from '@opentelemetry/instrumentation-hapi'
import { guardInstrumentation } from '@plutus/instrumentation-http'

export const create = (): Instrumentation => guardInstrumentation(new HapiInstrumentation())
