import type { Instrumentation } from '@opentelemetry/instrumentation'
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node'

export const create = (): Instrumentation => new RuntimeNodeInstrumentation()
