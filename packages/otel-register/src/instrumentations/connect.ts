import type { Instrumentation } from '@opentelemetry/instrumentation'
import { ConnectInstrumentation } from '@opentelemetry/instrumentation-connect'
import { guardInstrumentation } from '@plutus/instrumentation-http'

export const create = (): Instrumentation => guardInstrumentation(new ConnectInstrumentation())
