import { context } from '@opentelemetry/api'
import { serverFor } from '../command.ts'
import type { Server } from '../command.ts'
import { isMethod, mimic } from '../method.ts'
import type { Method } from '../method.ts'
import type { Monitor } from '../monitor.ts'
import type { Operation } from '../operation.ts'
import { peek, peekString, port, text } from '../peek.ts'
import { wordsOfSql } from '../sql-words.ts'
import { isPoolPrototype, wrapPoolConnect } from './pg-pool.ts'
import { followOwnQuery, followQuery, newestQuery } from './pg-query.ts'
import { countRows } from './pg-rows.ts'
import { settleWith } from './settle.ts'
import type { System } from './system.ts'

/** `pg` and `pg-pool`: queries in every style, connecting, pools. */
export const pg: System = {
  config: { enhancedDatabaseReporting: false },
  roleOf: () => 'detail',
  replace: (target, name, monitor) => {
    if (name === 'query') return (original) => wrapQuery(original, monitor)
    if (name !== 'connect') return false // the end of a pool is seen when it is read
    const wrapConnect = isPoolPrototype(target) ? wrapPoolConnect : wrapClientConnect
    return (original) => wrapConnect(original, monitor)
  },
}

function wrapQuery(original: Method, monitor: Monitor): Method {
  function query(this: unknown, ...args: unknown[]): unknown {
    const [config] = args
    const isText = typeof config === 'string'
    const sql = isText ? config : textOf(config)
    const operation = monitor.start(serverOf(this), wordsOfSql(sql, 'standard'))
    try {
      if (!isText && isMethod(peek(config, 'submit'))) return runSubmittable(this, original, args, operation)
      const at = callbackIndex(args)
      if (at !== -1) return original.apply(this, withCallback(args, at, operation))
      return runQuery(this, original, args, operation, sql)
    } catch (error) {
      operation.fail(error)
      throw error
    }
  }
  return mimic(query, original)
}

/** Text of a configuration or query object; a stream has it in its cursor. */
function textOf(config: unknown): string | undefined {
  return peekString(config, 'text') ?? peekString(peek(config, 'cursor'), 'text')
}

/** A query object of the application, a cursor or a stream for example. */
function runSubmittable(client: unknown, original: Method, args: unknown[], operation: Operation): unknown {
  // One that cannot be followed has at least been sent.
  if (!followQuery(args[0] as object, operation)) operation.succeed()
  return original.apply(client, args)
}

/** A query whose outcome comes by promise, or by a callback in its configuration. */
function runQuery(
  client: unknown,
  original: Method,
  args: unknown[],
  operation: Operation,
  sql: string | undefined,
): unknown {
  const before = newestQuery(client)
  const result = original.apply(client, args)
  const query = newestQuery(client)
  if (query !== undefined && query !== before) {
    // Getters of the configuration have run by now, once, for the library.
    if (sql === undefined) operation.describe(wordsOfSql(peekString(query, 'text'), 'standard'))
    if (followOwnQuery(query, operation, result === undefined)) return result
  }
  return settleWith(result, operation, (value) => operation.succeed(countRows(value)))
}

/** pg lets the third argument win over the second. */
function callbackIndex(args: readonly unknown[]): number {
  if (isMethod(args[2])) return 2
  return isMethod(args[1]) && !args[2] ? 1 : -1
}

function withCallback(args: readonly unknown[], at: number, operation: Operation): unknown[] {
  const callback = args[at] as Method
  const settle = function (this: unknown, ...outcome: unknown[]): unknown {
    const [error, result] = outcome
    if (error) operation.fail(error)
    else operation.succeed(countRows(result))
    return context.with(operation.parent, callback, this, ...outcome)
  }
  return args.with(at, settle)
}

function wrapClientConnect(original: Method, monitor: Monitor): Method {
  function connect(this: unknown, ...args: unknown[]): unknown {
    const operation = monitor.start(serverOf(this), { operation: 'connect' }, { measured: 'failures' })
    try {
      const passed = isMethod(args[0]) ? withCallback(args, 0, operation) : args
      return settleWith(
        context.with(operation.context, () => original.apply(this, passed)),
        operation,
      )
    } catch (error) {
      operation.fail(error)
      throw error
    }
  }
  return mimic(connect, original)
}

interface Parameters {
  readonly database?: unknown
  readonly host?: unknown
  readonly port?: unknown
}

function serverOf(client: unknown): Server {
  const { connectionParameters: parameters } = client as { readonly connectionParameters?: Parameters }
  if (parameters === undefined) return UNKNOWN
  const { database, host, port: number } = parameters
  return serverFor(parameters, 'postgresql', text(database), text(host), port(number))
}

const UNKNOWN: Server = { system: 'postgresql' }
