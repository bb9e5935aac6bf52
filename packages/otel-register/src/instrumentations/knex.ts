import type { Instrumentation } from '@opentelemetry/instrumentation'
import { KnexInstrumentation } from '@opentelemetry/instrumentation-knex'
import type { ResolvedConfig } from '@plutus/config'
import { completeDatabase } from '../database-events.ts'

export const create = (config: ResolvedConfig): Instrumentation => completeDatabase(new KnexInstrumentation(), config)
