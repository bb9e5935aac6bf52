import { context } from '@opentelemetry/api'
import { addressOf, serverFor } from '../command.ts'
import type { Server } from '../command.ts'
import { isMethod, mimic } from '../method.ts'
import type { Method } from '../method.ts'
import type { Monitor } from '../monitor.ts'
import { isReported } from '../operation.ts'
import { port, text } from '../peek.ts'
import type { PoolKind } from '../pool-set.ts'

// The pools of mysql and mysql2 have the same inside.
interface Pool {
  readonly config: MysqlConfig & { readonly connectionLimit?: unknown }
  readonly _allConnections: { readonly length: number }
  readonly _freeConnections: { readonly length: number }
  readonly _connectionQueue: { readonly length: number }
  readonly _closed: boolean
}

/** Configuration of a connection, or of a pool around it. */
export interface MysqlConfig {
  readonly connectionConfig?: MysqlConfig
  readonly host?: unknown
  readonly port?: unknown
  readonly socketPath?: unknown
  readonly database?: unknown
}

/** Where a connection goes, from its configuration or that of its pool. */
export function serverOfConfig(config: MysqlConfig | undefined): Server {
  const source = config?.connectionConfig ?? config
  if (source === undefined) return UNKNOWN
  const path = text(source.socketPath)
  const address = path ?? text(source.host)
  return serverFor(source, 'mysql', text(source.database), address, path === undefined ? port(source.port) : undefined)
}

const UNKNOWN: Server = { system: 'mysql' }

/** Observes a pool until it ends. */
export function trackPool(pool: object, monitor: Monitor): void {
  monitor.trackPool(pool as Pool, poolKind)
}

/** Makes a span of getting a connection if the caller had to wait for another's, or got none. */
export function wrapGetConnection(original: Method, monitor: Monitor): Method {
  function getConnection(this: unknown, ...args: unknown[]): unknown {
    const [callback] = args
    if (!isMethod(callback) || !monitor.isEnabled) return original.apply(this, args)
    const pool = this as Pool
    const parent = context.active()
    const startMillis = performance.now()
    const hasToWait = mustWait(pool)
    const watched = function (this: unknown, ...outcome: unknown[]): unknown {
      const [error] = outcome
      if (error ? !isReported(error) : hasToWait) {
        const options = { parent, startMillis, measured: 'failures' } as const
        const words = { operation: hasToWait ? 'acquire' : 'connect' }
        const operation = monitor.start(serverOfConfig(pool.config), words, options)
        if (error) operation.fail(error)
        else operation.succeed()
      }
      return callback.apply(this, outcome)
    }
    const result = original.apply(this, [context.bind(parent, watched)])
    trackPool(pool, monitor)
    return result
  }
  return mimic(getConnection, original)
}

function mustWait({ config, _allConnections, _freeConnections }: Pool): boolean {
  const limit = config.connectionLimit
  return typeof limit === 'number' && limit > 0 && _freeConnections.length === 0 && _allConnections.length >= limit
}

const poolKind: PoolKind<Pool> = {
  name: ({ config }) => {
    const server = serverOfConfig(config)
    return `${addressOf(server) ?? 'unknown'}/${server.namespace ?? ''}`
  },
  read: ({ config, _allConnections, _freeConnections, _connectionQueue, _closed }) => {
    if (_closed) return undefined
    const idle = _freeConnections.length
    const limit = config.connectionLimit
    return {
      used: _allConnections.length - idle,
      idle,
      pending: _connectionQueue.length,
      max: typeof limit === 'number' && limit > 0 ? limit : undefined,
    }
  },
}
