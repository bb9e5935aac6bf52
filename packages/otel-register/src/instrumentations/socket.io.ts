import type { Instrumentation } from '@opentelemetry/instrumentation'
import { SocketIoInstrumentation } from '@opentelemetry/instrumentation-socket.io'
import { guardInstrumentation } from '@plutus/instrumentation-http'

export const create = (): Instrumentation => guardInstrumentation(new SocketIoInstrumentation())
