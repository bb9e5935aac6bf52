import { errorMonitor } from 'node:events'
import type { EventEmitter } from 'node:events'
import { context } from '@opentelemetry/api'
import type { Method } from '../method.ts'
import type { Operation } from '../operation.ts'

/** A callback that ends the operation, in the context in which it was started. */
export function settleBefore(callback: Method, operation: Operation): Method {
  const settle = function (this: unknown, ...outcome: unknown[]): unknown {
    const [error, rows, fields] = outcome
    if (error) operation.fail(error)
    else operation.succeed(countRows(rows, fields))
    return callback.apply(this, outcome)
  }
  return context.bind(operation.parent, settle)
}

/** Ends the operation by the events of a command. An `error` listener would change what an unheard error does. */
export function settleOnEvents(command: EventEmitter, operation: Operation): void {
  command.on(errorMonitor, (error: unknown) => operation.fail(error))
  command.once('end', () => operation.succeed())
}

/** Only a single result set has a list of fields that are no lists themselves. */
function countRows(rows: unknown, fields: unknown): number | undefined {
  return Array.isArray(rows) && Array.isArray(fields) && !Array.isArray(fields[0]) ? rows.length : undefined
}
