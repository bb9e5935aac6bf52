import type { Instrumentation } from '@opentelemetry/instrumentation'
import { DataloaderInstrumentation } from '@opentelemetry/instrumentation-dataloader'

export const create = (): Instrumentation => new DataloaderInstrumentation()
