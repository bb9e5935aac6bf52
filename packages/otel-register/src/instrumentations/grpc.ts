import type { Instrumentation } from '@opentelemetry/instrumentation'
import { GrpcInstrumentation } from '@opentelemetry/instrumentation-grpc'

export const create = (): Instrumentation => new GrpcInstrumentation()
