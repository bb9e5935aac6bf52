import type { Instrumentation } from '@opentelemetry/instrumentation'
import { KoaInstrumentation } from '@opentelemetry/instrumentation-koa'
import { guardInstrumentation } from '@plutus/instrumentation-http'

export const create = (): Instrumentation => guardInstrumentation(new KoaInstrumentation())
