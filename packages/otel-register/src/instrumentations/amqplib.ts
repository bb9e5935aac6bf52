import type { Instrumentation } from '@opentelemetry/instrumentation'
import { AmqplibInstrumentation } from '@opentelemetry/instrumentation-amqplib'
import { keepCallerObjects } from '@plutus/instrumentation-messaging'

export const create = (): Instrumentation => keepCallerObjects(new AmqplibInstrumentation())
