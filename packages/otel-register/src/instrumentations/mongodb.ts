import type { Instrumentation } from '@opentelemetry/instrumentation'
import { MongoDBInstrumentation } from '@opentelemetry/instrumentation-mongodb'
import type { ResolvedConfig } from '@plutus/config'
import { completeDatabase } from '../database-events.ts'

export const create = (config: ResolvedConfig): Instrumentation =>
  completeDatabase(new MongoDBInstrumentation(), config)
