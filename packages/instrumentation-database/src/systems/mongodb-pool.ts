import { context } from '@opentelemetry/api'
import { isMethod, mimic } from '../method.ts'
import type { Method } from '../method.ts'
import type { Monitor } from '../monitor.ts'
import { peek, text } from '../peek.ts'
import type { PoolKind } from '../pool-set.ts'
import type { Wrap } from '../upstream.ts'

interface Pool {
  readonly closed: boolean
  readonly address: unknown
  readonly options: object
  readonly totalConnectionCount: number
  readonly availableConnectionCount: number
  readonly waitQueueSize: number
}

/** Has pools observed from their first connection on. */
export function observeMongoPools(exports: unknown, monitor: Monitor, wrap: Wrap): void {
  const { ConnectionPool } = exports as { ConnectionPool?: { readonly prototype: object } }
  if (ConnectionPool === undefined) return
  wrap(ConnectionPool.prototype, 'checkOut', (original) => wrapCheckOut(original, monitor))
}

/** Observes the pool, and keeps the context where connections are given by callback. */
export function wrapCheckOut(original: Method, monitor: Monitor): Method {
  function checkOut(this: unknown, ...args: unknown[]): unknown {
    if (monitor.isEnabled) monitor.trackPool(this as Pool, poolKind)
    const at = args.findLastIndex(isMethod)
    if (at === -1) return original.apply(this, args)
    return original.apply(this, args.with(at, context.bind(context.active(), args[at] as Method)))
  }
  return mimic(checkOut, original)
}

const poolKind: PoolKind<Pool> = {
  name: ({ address, options }) => `${String(address)}/${text(peek(options, 'dbName')) ?? ''}`,
  read: ({ closed, options, totalConnectionCount, availableConnectionCount, waitQueueSize }) => {
    if (closed) return undefined
    const max = peek(options, 'maxPoolSize')
    return {
      used: totalConnectionCount - availableConnectionCount,
      idle: availableConnectionCount,
      pending: waitQueueSize,
      max: typeof max === 'number' && max > 0 ? max : undefined,
    }
  },
}
