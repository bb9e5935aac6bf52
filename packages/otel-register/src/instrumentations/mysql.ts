import type { Instrumentation } from '@opentelemetry/instrumentation'
import { MySQLInstrumentation } from '@opentelemetry/instrumentation-mysql'
import type { ResolvedConfig } from '@plutus/config'
import { completeDatabase } from '../database-events.ts'

export const create = (config: ResolvedConfig): Instrumentation => completeDatabase(new MySQLInstrumentation(), config)
