import { context } from '@opentelemetry/api'
import type { Context } from '@opentelemetry/api'
import { addressOf, serverFor } from '../command.ts'
import type { CommandWords, Server } from '../command.ts'
import { isMethod, isThenable, mimic } from '../method.ts'
import type { Method } from '../method.ts'
import type { Monitor } from '../monitor.ts'
import { isReported } from '../operation.ts'
import { peek, port, text } from '../peek.ts'
import type { PoolKind } from '../pool-set.ts'

const ACQUIRE: CommandWords = { operation: 'acquire', isShared: true }
const CONNECT: CommandWords = { operation: 'connect', isShared: true }

interface Pool {
  readonly options: Readonly<Record<string, unknown>>
  readonly ending: boolean
  readonly ended: boolean
  readonly totalCount: number
  readonly idleCount: number
  readonly waitingCount: number
}

/** Whether it is the prototype of pg-pool's class, not of a client. */
export function isPoolPrototype(target: object): boolean {
  return isMethod((target as { newClient?: unknown }).newClient)
}

/**
 * Observes getting a client from a pool. An idle client costs no span. A span says that a caller had to wait for
 * another to give its client back, or got none; a client that is made new has the span of its connecting.
 */
export function wrapPoolConnect(original: Method, monitor: Monitor): Method {
  function connect(this: unknown, ...args: unknown[]): unknown {
    const pool = this as Pool
    const parent = context.active()
    const startMillis = performance.now()
    const hasToWait = mustWait(pool)
    const settle = (error: unknown): void => {
      if (!error && !hasToWait) return
      if (error && isReported(error)) return
      const options = { parent, startMillis, measured: 'failures' } as const
      const operation = monitor.start(serverOfPool(pool), hasToWait ? ACQUIRE : CONNECT, options)
      if (error) operation.fail(error)
      else operation.succeed()
    }
    const result = original.apply(this, isMethod(args[0]) ? [watch(args[0], settle, parent)] : args)
    monitor.trackPool(pool, poolKind)
    if (!isThenable(result)) return result
    return result.then(
      (client) => {
        settle(undefined)
        return client
      },
      (error: unknown) => {
        settle(error)
        throw error
      },
    )
  }
  return mimic(connect, original)
}

function watch(callback: Method, settle: (error: unknown) => void, parent: Context): Method {
  return function (this: unknown, ...outcome: unknown[]): unknown {
    settle(outcome[0])
    return context.with(parent, callback, this, ...outcome)
  }
}

function mustWait({ totalCount, idleCount, options }: Pool): boolean {
  return idleCount === 0 && typeof options['max'] === 'number' && totalCount >= options['max']
}

const poolKind: PoolKind<Pool> = {
  name: (pool) => {
    const server = serverOfPool(pool)
    return `${addressOf(server) ?? 'unknown'}/${server.namespace ?? ''}`
  },
  read: (pool) => {
    if (pool.ended) return undefined
    const { totalCount, idleCount, waitingCount, options } = pool
    const max = typeof options['max'] === 'number' ? options['max'] : undefined
    return { used: totalCount - idleCount, idle: idleCount, pending: waitingCount, max }
  },
}

/** What its clients are connected to; before there is a client, what its options say. */
function serverOfPool(pool: Pool): Server {
  const clients = peek(pool, '_clients')
  const parameters = peek(Array.isArray(clients) ? clients[0] : undefined, 'connectionParameters')
  const source = typeof parameters === 'object' && parameters !== null ? parameters : pool.options
  const [database, host] = [text(peek(source, 'database')), text(peek(source, 'host'))]
  return serverFor(source, 'postgresql', database, host, port(peek(source, 'port')))
}
