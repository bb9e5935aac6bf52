import type { Instrumentation } from '@opentelemetry/instrumentation'
import { OracleInstrumentation } from '@opentelemetry/instrumentation-oracledb'
import type { ResolvedConfig } from '@plutus/config'
import { completeDatabase } from '../database-events.ts'

export const create = (config: ResolvedConfig): Instrumentation => completeDatabase(new OracleInstrumentation(), config)
