import type { Instrumentation } from '@opentelemetry/instrumentation'
import { CassandraDriverInstrumentation } from '@opentelemetry/instrumentation-cassandra-driver'
import type { ResolvedConfig } from '@plutus/config'
import { completeDatabase } from '../database-events.ts'

export const create = (config: ResolvedConfig): Instrumentation =>
  completeDatabase(new CassandraDriverInstrumentation(), config)
