import { createHash } from 'node:crypto'
import { context } from '@opentelemetry/api'
import type { Instrumentation } from '@opentelemetry/instrumentation'
import type { ResolvedConfig } from '@plutus/config'
import { recordEvent } from '@plutus/events'
import { observeDatabase } from '@plutus/instrumentation-database'
import type {
  DatabaseInstrumentation,
  DatabaseOperation,
  OperationListener,
  PoolReport,
} from '@plutus/instrumentation-database'

/** Completes an upstream database instrumentation, and has it record slow and failed operations and pools as events. */
export function completeDatabase(
  instrumentation: Instrumentation & DatabaseInstrumentation,
  config: ResolvedConfig,
): Instrumentation {
  const onOperation = createListener(config.get('PLUTUS_SLOW_QUERY_MS') / 1000)
  return observeDatabase(instrumentation, { onOperation, onPool: recordPool })
}

/**
 * Records `db.pool`. The catalogue makes it a warning if requests wait, and a pool is told of with requests waiting only
 * once they have for a second. One function for all instrumentations: pools of one name are added up.
 */
function recordPool({ name, used, idle, pending, max }: PoolReport): void {
  recordEvent('db.pool', {
    'db.client.connection.pool.name': name,
    'db.client.connection.used': used,
    'db.client.connection.idle': idle,
    'db.client.connection.pending': pending,
    ...(max === undefined ? undefined : { 'db.client.connection.max': max }),
  })
}

/** Records `db.query.error` for what failed and `db.query.slow` for what took `slowSeconds` or longer. */
function createListener(slowSeconds: number): OperationListener {
  return (operation) => {
    const isSlow = operation.durationSeconds >= slowSeconds
    if (operation.errorType === undefined && !isSlow) return
    context.with(operation.context, () => {
      const fields = describe(operation)
      const { errorType } = operation
      if (errorType !== undefined) recordEvent('db.query.error', { ...fields, 'error.type': errorType })
      if (isSlow) recordEvent('db.query.slow', fields)
    })
  }
}

function describe(operation: DatabaseOperation) {
  const { system, namespace, operation: name, collection, queryText, rows, statusCode, durationSeconds } = operation
  return {
    'db.system.name': system,
    'db.client.duration': durationSeconds,
    ...(namespace === undefined ? undefined : { 'db.namespace': namespace }),
    ...(name === undefined ? undefined : { 'db.operation.name': name }),
    ...(collection === undefined ? undefined : { 'db.collection.name': collection }),
    ...(queryText === undefined ? undefined : { 'db.query.text': queryText, 'db.query.hash': hashOf(queryText) }),
    ...(rows === undefined ? undefined : { 'db.response.returned_rows': rows }),
    ...(statusCode === undefined ? undefined : { 'db.response.status_code': statusCode }),
  }
}

/** Short name of a query text, by which events of the same query are found: 64 bits of its SHA-256. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
