import type { Instrumentation } from '@opentelemetry/instrumentation'
import { MemcachedInstrumentation } from '@opentelemetry/instrumentation-memcached'
import type { ResolvedConfig } from '@plutus/config'
import { completeDatabase } from '../database-events.ts'

export const create = (config: ResolvedConfig): Instrumentation =>
  completeDatabase(new MemcachedInstrumentation(), config)
