import type { Instrumentation } from '@opentelemetry/instrumentation'
import { KafkaJsInstrumentation } from '@opentelemetry/instrumentation-kafkajs'
import { keepCallerObjects } from '@plutus/instrumentation-messaging'

export const create = (): Instrumentation => keepCallerObjects(new KafkaJsInstrumentation())
