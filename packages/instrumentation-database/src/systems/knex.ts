import { addressOf } from '../command.ts'
import { mimic } from '../method.ts'
import type { Method } from '../method.ts'
import type { Monitor } from '../monitor.ts'
import { peek, port, text } from '../peek.ts'
import type { PoolKind } from '../pool-set.ts'
import { quietly } from '../quietly.ts'
import type { System } from './system.ts'

interface TarnPool {
  readonly destroyed: boolean
  readonly max: number
  numUsed(): number
  numFree(): number
  numPendingAcquires(): number
}

/** `knex`: its queries as a layer above the driver's, and its own pool of connections. */
export const knex: System = {
  config: { maxQueryLength: 4096 },
  roleOf: () => 'layer',
  replace: (target, name, monitor, wrap) => {
    if (name === 'queryBuilder') {
      wrap(target, 'initializePool', (original) => wrapInitializePool(original, monitor))
    }
    return undefined
  },
}

function wrapInitializePool(original: Method, monitor: Monitor): Method {
  function initializePool(this: unknown, ...args: unknown[]): unknown {
    const result = original.apply(this, args)
    if (!monitor.isEnabled) return result
    quietly(() => {
      const { pool, connectionSettings } = this as { readonly pool?: TarnPool; readonly connectionSettings?: unknown }
      if (pool !== undefined) monitor.trackPool(pool, poolKindOf(connectionSettings))
    })
    return result
  }
  return mimic(initializePool, original)
}

function poolKindOf(settings: unknown): PoolKind<TarnPool> {
  const name = poolName(settings)
  return {
    name: () => name,
    read: (pool) => {
      if (pool.destroyed) return undefined
      return { used: pool.numUsed(), idle: pool.numFree(), pending: pool.numPendingAcquires(), max: pool.max }
    },
  }
}

/** Server and database; of a connection string never the credentials. */
function poolName(settings: unknown): string {
  const { hostname, port: urlPort, pathname } = parseUrl(peek(settings, 'connectionString')) ?? {}
  const server = {
    system: '',
    address: text(peek(settings, 'host')) ?? text(hostname),
    port: port(peek(settings, 'port')) ?? port(urlPort),
  }
  const database = text(peek(settings, 'database')) ?? text(peek(settings, 'filename')) ?? pathname?.slice(1)
  return `${addressOf(server) ?? 'unknown'}/${database ?? ''}`
}

function parseUrl(value: unknown): URL | undefined {
  return typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
}
