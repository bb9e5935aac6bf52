import { errorMonitor } from 'node:events'
import type { EventEmitter } from 'node:events'
import { isMethod, mimic } from '../method.ts'
import type { Method } from '../method.ts'
import type { Monitor } from '../monitor.ts'
import type { Operation } from '../operation.ts'
import { peek, peekString } from '../peek.ts'
import { quietly } from '../quietly.ts'
import { wordsOfSql } from '../sql-words.ts'
import type { Wrap } from '../upstream.ts'
import { settleBefore, settleOnEvents } from './mysql-outcome.ts'
import { serverOfConfig, trackPool, wrapGetConnection } from './mysql-pool.ts'
import type { MysqlConfig } from './mysql-pool.ts'
import type { System } from './system.ts'

interface Connection extends EventEmitter {
  readonly config: MysqlConfig & { readonly pool?: object }
}
interface Command extends EventEmitter {
  onResult?: unknown
}

/** `mysql2`, with callbacks, promises, events and streams: queries, prepared statements, connecting, pools. */
export const mysql2: System = {
  config: { maskStatement: true, maskStatementHook: (sql: unknown) => sql },
  roleOf: () => 'detail',
  replace: (target, name, monitor, wrap) => {
    if (name === 'query') {
      wrap(target, 'addCommand', (original) => wrapAddCommand(original, monitor, wrap))
      wrap(target, '_notifyError', wrapNotifyError)
    }
    return (original) => wrapCommand(original, monitor)
  },
}

// A connection that breaks tells its commands without a callback nothing, so the connection is asked.
const openOperations = new WeakMap<object, Set<Operation>>()
// A command that is added by `query` or `execute` has its operation already.
let isInsideCommand = false

function wrapCommand(original: Method, monitor: Monitor): Method {
  function command(this: unknown, ...args: unknown[]): unknown {
    const connection = this as Connection
    const [sql] = args
    const text = typeof sql === 'string' ? sql : peekString(sql, 'sql')
    const operation = monitor.start(serverOfConfig(connection.config), wordsOfSql(text, 'mysql'))
    const outer = isInsideCommand
    isInsideCommand = true
    try {
      const at = isMethod(args[1]) ? 1 : isMethod(args[2]) ? 2 : -1
      if (at !== -1) return original.apply(this, args.with(at, settleBefore(args[at] as Method, operation)))
      if (isCommandWithCallback(sql)) {
        sql.onResult = settleBefore(sql.onResult, operation)
        return original.apply(this, args)
      }
      return runWithEvents(connection, original, args, operation)
    } catch (error) {
      operation.fail(error)
      throw error
    } finally {
      isInsideCommand = outer
    }
  }
  return mimic(command, original)
}

/** What a pool makes of the arguments of its own `query`. */
function isCommandWithCallback(sql: unknown): sql is EventEmitter & { onResult: Method } {
  return isMethod(peek(sql, 'onResult')) && isMethod(peek(sql, 'start'))
}

function runWithEvents(connection: Connection, original: Method, args: unknown[], operation: Operation): unknown {
  const onError = (error: unknown): void => operation.fail(error)
  connection.once(errorMonitor, onError) // a closed connection refuses a command at once, as its own error
  try {
    const command = original.apply(connection, args) as Command
    follow(connection, command, operation)
    return command
  } finally {
    connection.off(errorMonitor, onError)
  }
}

function follow(connection: object, command: Command, operation: Operation): void {
  settleOnEvents(command, operation)
  const open = openOperations.get(connection) ?? new Set()
  openOperations.set(connection, open.add(operation))
  command.once('end', () => open.delete(operation))
}

function wrapNotifyError(original: Method): Method {
  function notifyError(this: unknown, ...args: unknown[]): unknown {
    const open = openOperations.get(this as object)
    if (open !== undefined) {
      for (const operation of open) operation.fail(args[0])
      open.clear()
    }
    return original.apply(this, args)
  }
  return mimic(notifyError, original)
}

/** Sees what does not go through `query` and `execute`: connecting, and statements that were prepared before. */
function wrapAddCommand(original: Method, monitor: Monitor, wrap: Wrap): Method {
  function addCommand(this: unknown, ...args: unknown[]): unknown {
    if (monitor.isEnabled && !isInsideCommand) {
      quietly(() => observeCommand(this as Connection, args[0] as Command, monitor, wrap))
    }
    return original.apply(this, args)
  }
  return mimic(addCommand, original)
}

function observeCommand(connection: Connection, command: Command, monitor: Monitor, wrap: Wrap): void {
  const server = serverOfConfig(connection.config)
  const kind = command.constructor.name
  if (kind === 'ClientHandshake') {
    observePool(connection.config.pool, monitor, wrap)
    follow(connection, command, monitor.start(server, { operation: 'connect' }, { measured: 'failures' }))
  } else if (kind === 'Execute') {
    const text = peekString(peek(command, 'statement'), 'query')
    const operation = monitor.start(server, wordsOfSql(text, 'mysql'))
    if (isMethod(command.onResult)) command.onResult = settleBefore(command.onResult, operation)
    else follow(connection, command, operation)
  }
}

/** The class of pools is first seen when one of them connects. */
function observePool(pool: object | undefined, monitor: Monitor, wrap: Wrap): void {
  if (pool === undefined) return
  trackPool(pool, monitor)
  let owner: object | null = pool
  while (owner !== null && !Object.hasOwn(owner, 'getConnection')) owner = Object.getPrototypeOf(owner) as object | null
  if (owner === null || wrappedPools.has(owner)) return
  wrappedPools.add(owner)
  wrap(owner, 'getConnection', (original) => wrapGetConnection(original, monitor))
}

const wrappedPools = new WeakSet()
