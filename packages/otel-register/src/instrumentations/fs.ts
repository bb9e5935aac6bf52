import type { Instrumentation } from '@opentelemetry/instrumentation'
import { FsInstrumentation } from '@opentelemetry/instrumentation-fs'

export const create = (): Instrumentation => new FsInstrumentation()
