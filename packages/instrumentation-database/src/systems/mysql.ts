import type { EventEmitter } from 'node:events'
import { context } from '@opentelemetry/api'
import { isMethod, mimic } from '../method.ts'
import type { Method } from '../method.ts'
import type { Monitor } from '../monitor.ts'
import { peekString } from '../peek.ts'
import { quietly } from '../quietly.ts'
import { wordsOfSql } from '../sql-words.ts'
import type { Wrap } from '../upstream.ts'
import { settleBefore, settleOnEvents } from './mysql-outcome.ts'
import { serverOfConfig, wrapGetConnection } from './mysql-pool.ts'
import type { MysqlConfig } from './mysql-pool.ts'
import type { System } from './system.ts'

interface MysqlModule {
  createConnection(config: object): Connection
  createPool(config: object): object
}
interface Connection {
  readonly config: MysqlConfig
  readonly _protocol: object
}
interface Sequence extends EventEmitter {
  _callback?: unknown
}

/**
 * `mysql`: queries in every style, connecting, pools.
 *
 * Upstream wraps each connection and each pool, so a query of a pool counts twice. Here the classes are wrapped.
 */
export const mysql: System = {
  config: { enhancedDatabaseReporting: false },
  roleOf: () => 'detail',
  replace: (target, _name, monitor, wrap) => (original) => {
    function create(this: unknown, ...args: unknown[]): unknown {
      wrapClasses(target as MysqlModule, monitor, wrap)
      return original.apply(this, args)
    }
    return mimic(create, original)
  },
}

const wrapped = new WeakSet()

/** The classes are reached by one object of each, which opens no connection. */
function wrapClasses(module: MysqlModule, monitor: Monitor, wrap: Wrap): void {
  if (wrapped.has(module)) return
  wrapped.add(module)
  quietly(() => {
    const connection = module.createConnection({})
    wrap(prototypeOf(connection), 'query', (original) => wrapQuery(original, monitor))
    wrap(prototypeOf(connection._protocol), 'handshake', (original) => wrapHandshake(original, monitor))
    const pool = module.createPool({})
    wrap(prototypeOf(pool), 'getConnection', (original) => wrapGetConnection(original, monitor))
  })
}

function prototypeOf(object: object): object {
  return Object.getPrototypeOf(object) as object
}

function wrapQuery(original: Method, monitor: Monitor): Method {
  function query(this: unknown, ...args: unknown[]): unknown {
    if (!monitor.isEnabled) return original.apply(this, args)
    const [sql] = args
    const text = typeof sql === 'string' ? sql : peekString(sql, 'sql')
    const { config } = this as Connection
    const operation = monitor.start(serverOfConfig(config), wordsOfSql(text, 'mysql'))
    try {
      const sequence = original.apply(this, args) as Sequence
      // The outcome is never there before the next turn of the event loop.
      if (isMethod(sequence._callback)) sequence._callback = settleBefore(sequence._callback, operation)
      else settleOnEvents(sequence, operation)
      return sequence
    } catch (error) {
      operation.fail(error)
      throw error
    }
  }
  return mimic(query, original)
}

function wrapHandshake(original: Method, monitor: Monitor): Method {
  function handshake(this: unknown, ...args: unknown[]): unknown {
    if (!monitor.isEnabled) return original.apply(this, args)
    const { _config } = this as { readonly _config: MysqlConfig }
    const operation = monitor.start(serverOfConfig(_config), { operation: 'connect' }, { measured: 'failures' })
    const sequence = context.with(operation.context, () => original.apply(this, args)) as Sequence
    settleOnEvents(sequence, operation)
    return sequence
  }
  return mimic(handshake, original)
}
