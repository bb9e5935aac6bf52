import type { Instrumentation } from '@opentelemetry/instrumentation'
import { MongooseInstrumentation } from '@opentelemetry/instrumentation-mongoose'
import type { ResolvedConfig } from '@plutus/config'
import { completeDatabase } from '../database-events.ts'

export const create = (config: ResolvedConfig): Instrumentation =>
  completeDatabase(new MongooseInstrumentation(), config)
