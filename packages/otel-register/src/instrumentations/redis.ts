import type { Instrumentation } from '@opentelemetry/instrumentation'
import { RedisInstrumentation } from '@opentelemetry/instrumentation-redis'
import type { ResolvedConfig } from '@plutus/config'
import { completeDatabase } from '../database-events.ts'

export const create = (config: ResolvedConfig): Instrumentation => completeDatabase(new RedisInstrumentation(), config)
