import type { Instrumentation } from '@opentelemetry/instrumentation'
import { LruMemoizerInstrumentation } from '@opentelemetry/instrumentation-lru-memoizer'

export const create = (): Instrumentation => new LruMemoizerInstrumentation()
