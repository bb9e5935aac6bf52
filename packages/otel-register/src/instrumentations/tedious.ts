import type { Instrumentation } from '@opentelemetry/instrumentation'
import { TediousInstrumentation } from '@opentelemetry/instrumentation-tedious'
import type { ResolvedConfig } from '@plutus/config'
import { completeDatabase } from '../database-events.ts'

export const create = (config: ResolvedConfig): Instrumentation =>
  completeDatabase(new TediousInstrumentation(), config)
