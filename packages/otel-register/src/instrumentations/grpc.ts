import type { Instrumentation } from '@opentelemetry/instrumentation'
import { GrpcInstrumentation } from '@opentelemetry/instrumentation-grpc'
import { leaveGrpc } from '@plutus/instrumentation-http'

/** Its calls are streams of HTTP/2, which would else have a second span each. */
export const create = (): Instrumentation => {
  leaveGrpc()
  return new GrpcInstrumentation()
}
