import { context } from '@opentelemetry/api'
import type { Context } from '@opentelemetry/api'
import { addressOf, serverFor } from '../command.ts'
import type { Server } from '../command.ts'
import { isMethod, isThenable, mimic } from '../method.ts'
import type { Method } from '../method.ts'
import type { Monitor } from '../monitor.ts'
import type { Operation } from '../operation.ts'
import { peek, port, text } from '../peek.ts'
import type { PoolKind } from '../pool-set.ts'
import { wordsOfRedis } from '../redis-words.ts'
import type { RedisBatch } from '../redis-words.ts'
import type { UpstreamInternals, Wrap } from '../upstream.ts'
import { settleWith } from './settle.ts'
import type { System } from './system.ts'

/** Upstream's wrapper around the executor of version 4, which is not reached by a method. */
interface TracesCommands extends UpstreamInternals {
  _traceClientCommand?: (original: Method, client: unknown, args: unknown[], command: unknown) => unknown
}

const CONNECT = { operation: 'connect' }
const CLIENT_PACKAGES = ['@redis/client', '@node-redis/client']

/** `redis`, from version 2 to 6: commands, transactions, pipelines, connecting, pools. */
export const redis: System = {
  config: {
    dbStatementSerializer: (name: unknown, args: readonly unknown[]) => wordsOfRedis(name, args).queryText ?? '',
  },
  roleOf: (name) => (name.endsWith('-connect') ? 'detail' : 'driver'),
  replace: (_target, name, monitor) => {
    switch (name) {
      case 'sendCommand':
        return (original) => wrapSendCommand(original, monitor)
      case 'multi':
      case 'MULTI':
        return wrapMulti
      case 'addCommand':
        return wrapAddCommand
      case 'exec':
        return (original) => wrapExec(original, monitor, 'MULTI')
      case 'execAsPipeline':
        return (original) => wrapExec(original, monitor, 'PIPELINE')
      case 'connect':
        return (original) => wrapConnect(original, monitor)
      default:
        return undefined
    }
  },
  modulePatches: (monitor, wrap) =>
    CLIENT_PACKAGES.map((module) => ({
      module,
      file: 'dist/lib/client/pool.js',
      supportedVersions: ['^5.0.0', '^6.0.0'],
      patch: (exports) => observePools(exports, monitor, wrap),
    })),
  adjust: (instrumentation: TracesCommands, monitor) => {
    if (instrumentation._traceClientCommand === undefined) return
    instrumentation._traceClientCommand = (original, client, args, command) =>
      runCommand(client, command, monitor, () => original.apply(client, args))
  },
}

function wrapSendCommand(original: Method, monitor: Monitor): Method {
  function sendCommand(this: unknown, ...args: unknown[]): unknown {
    return runCommand(this, args[0], monitor, () => original.apply(this, args))
  }
  return mimic(sendCommand, original)
}

function runCommand(client: unknown, command: unknown, monitor: Monitor, run: () => unknown): unknown {
  if (!Array.isArray(command)) return run()
  const [name, ...values] = command as unknown[]
  const operation = monitor.start(serverOf(client), wordsOfRedis(name, values))
  try {
    return settleWith(run(), operation)
  } catch (error) {
    operation.fail(error)
    throw error
  }
}

interface QueuedCommand {
  readonly command: readonly unknown[]
  readonly parent: Context
}

const queued = new WeakMap<object, QueuedCommand[]>()
const clients = new WeakMap<object, unknown>()

function wrapMulti(original: Method): Method {
  function multi(this: unknown, ...args: unknown[]): unknown {
    const created = original.apply(this, args)
    if (typeof created === 'object' && created !== null) clients.set(created, this)
    return created
  }
  return mimic(multi, original)
}

function wrapAddCommand(original: Method): Method {
  function addCommand(this: unknown, ...args: unknown[]): unknown {
    // Of a cluster the command comes third, behind its first key.
    const command = Array.isArray(args[0]) ? args[0] : args[2]
    if (Array.isArray(command)) {
      const commands = queued.get(this as object) ?? []
      queued.set(this as object, commands)
      commands.push({ command, parent: context.active() })
    }
    return original.apply(this, args)
  }
  return mimic(addCommand, original)
}

/** The commands of a batch are sent, and answered, together. */
function wrapExec(original: Method, monitor: Monitor, batch: RedisBatch): Method {
  function exec(this: unknown, ...args: unknown[]): unknown {
    if (batch === 'MULTI' && args[0] === true) return original.apply(this, args) // goes on to `execAsPipeline`
    const commands = queued.get(this as object) ?? []
    queued.delete(this as object)
    const server = serverOf(clients.get(this as object))
    const operations = commands.map(({ command: [name, ...values], parent }) =>
      monitor.start(server, wordsOfRedis(name, values, batch), { parent }),
    )
    const settle = (replies: unknown, error: unknown): void => {
      operations.forEach((operation, index) => settleReply(operation, replies, index, error))
    }
    try {
      const result = original.apply(this, args)
      if (!isThenable(result)) return result
      return result.then(
        (replies) => {
          settle(replies, undefined)
          return replies
        },
        (error: unknown) => {
          settle(peek(error, 'replies'), error)
          throw error
        },
      )
    } catch (error) {
      settle(undefined, error)
      throw error
    }
  }
  return mimic(exec, original)
}

/** A batch fails as a whole, or for each command whose reply is an error. */
function settleReply(operation: Operation, replies: unknown, index: number, error: unknown): void {
  const reply: unknown = Array.isArray(replies) ? replies[index] : error
  if (reply instanceof Error) operation.fail(reply)
  else if (error !== undefined && !Array.isArray(replies)) operation.fail(error)
  else operation.succeed()
}

function wrapConnect(original: Method, monitor: Monitor): Method {
  function connect(this: unknown, ...args: unknown[]): unknown {
    const operation = monitor.start(serverOf(this), CONNECT, { measured: 'failures' })
    try {
      return settleWith(
        context.with(operation.context, () => original.apply(this, args)),
        operation,
      )
    } catch (error) {
      operation.fail(error)
      throw error
    }
  }
  return mimic(connect, original)
}

interface ClientPool {
  readonly isOpen: boolean
  readonly totalClients: number
  readonly idleClients: number
  readonly clientsInUse: number
  readonly tasksQueueLength: number
}

/** The options of a pool are out of reach, so its bound stays unknown and its name is that of its clients. */
function observePools(exports: unknown, monitor: Monitor, wrap: Wrap): void {
  const { RedisClientPool } = exports as { RedisClientPool?: { readonly prototype: object } }
  if (RedisClientPool === undefined) return
  wrap(RedisClientPool.prototype, 'execute', (original) => {
    function execute(this: unknown, ...args: unknown[]): unknown {
      const [run] = args
      const pool = this as { readonly _self?: ClientPool }
      if (!isMethod(run) || !monitor.isEnabled) return original.apply(this, args)
      const runAndTrack = function (this: unknown, ...given: unknown[]): unknown {
        if (pool._self !== undefined) monitor.trackPool(pool._self, poolKindOf(serverOf(given[0])))
        return run.apply(this, given)
      }
      return original.apply(this, [context.bind(context.active(), runAndTrack)])
    }
    return mimic(execute, original)
  })
  // Version 5 forgets to say that a pool is closed.
  for (const name of ['close', 'destroy']) wrap(RedisClientPool.prototype, name, wrapEnd)
}

const endedPools = new WeakSet()

function wrapEnd(original: Method): Method {
  function end(this: unknown, ...args: unknown[]): unknown {
    endedPools.add((this as { readonly _self: object })._self)
    return original.apply(this, args)
  }
  return mimic(end, original)
}

function poolKindOf(server: Server): PoolKind<ClientPool> {
  return {
    name: () => `${addressOf(server) ?? 'unknown'}/${server.namespace ?? ''}`,
    read: (pool) => {
      if (!pool.isOpen || endedPools.has(pool)) return undefined
      return { used: pool.clientsInUse, idle: pool.idleClients, pending: pool.tasksQueueLength }
    },
  }
}

interface ClientOptions {
  readonly socket?: { readonly host?: unknown; readonly port?: unknown; readonly path?: unknown }
  readonly database?: unknown
}

function serverOf(client: unknown): Server {
  if (client === undefined || client === null) return { system: 'redis' }
  const { options } = client as { readonly options?: ClientOptions }
  const socket = options?.socket
  const database = options?.database ?? 0
  const path = text(socket?.path)
  return serverFor(
    options ?? client,
    'redis',
    typeof database === 'number' ? String(database) : undefined,
    path ?? text(socket?.host) ?? 'localhost',
    path === undefined ? (port(socket?.port) ?? 6379) : undefined,
  )
}
