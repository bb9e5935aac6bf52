import { context } from '@opentelemetry/api'
import type { Context } from '@opentelemetry/api'
import { serverFor } from '../command.ts'
import type { Server } from '../command.ts'
import { isMethod, isThenable, mimic } from '../method.ts'
import type { Method } from '../method.ts'
import type { Monitor } from '../monitor.ts'
import type { Operation } from '../operation.ts'
import { peek, port, text } from '../peek.ts'
import { wordsOfRedis } from '../redis-words.ts'
import type { RedisBatch } from '../redis-words.ts'
import type { System } from './system.ts'

interface RedisCommand {
  readonly name: string
  readonly args: readonly unknown[]
  resolve: Method
  reject: Method
  /** Undefined before ioredis 6. */
  readonly isSettled?: boolean
}

// ioredis sends these itself while it connects; a password may be among their arguments.
const HANDSHAKE = new Set(['auth', 'client', 'hello', 'info', 'readonly', 'select'])
const CONNECT = { operation: 'connect' }
const CLOSED = 'Connection is closed.'

/** `ioredis`: commands, transactions, pipelines, cluster redirections, connecting. */
export const ioredis: System = {
  config: {},
  roleOf: () => 'detail',
  replace: (target, name, monitor, wrap) => {
    if (name === 'connect') return (original) => wrapConnect(original, monitor)
    wrap(target, 'silentEmit', wrapSilentEmit)
    return (original) => wrapSendCommand(original, monitor)
  },
  modulePatches: (_monitor, wrap) => [
    {
      module: 'ioredis',
      supportedVersions: ['>=2.0.0 <7'],
      patch: (exports) => {
        const { Pipeline } = exports as { Pipeline?: { readonly prototype: object } }
        if (Pipeline !== undefined) wrap(Pipeline.prototype, 'sendCommand', wrapQueueCommand)
      },
    },
  ],
}

// Automatic pipelines send together what several callers asked for; each command belongs to its caller.
const callers = new WeakMap<object, Context>()

function wrapQueueCommand(original: Method): Method {
  function sendCommand(this: unknown, ...args: unknown[]): unknown {
    if (isRedisCommand(args[0])) callers.set(args[0], context.active())
    return original.apply(this, args)
  }
  return mimic(sendCommand, original)
}

function wrapSendCommand(original: Method, monitor: Monitor): Method {
  // A command comes again when it waited for the connection, was sent to the wrong node, or is sent anew.
  const known = new WeakSet()
  function sendCommand(this: unknown, ...args: unknown[]): unknown {
    const [command] = args
    if (!isRedisCommand(command) || known.has(command)) return original.apply(this, args)
    known.add(command)
    if (isHandshake(this, command)) return original.apply(this, args)
    const { name, args: values } = command
    const batch = batchOf(command)
    const parent = callers.get(command) ?? context.active()
    const operation = monitor.start(serverOf(this), wordsOfRedis(name, values, batch), { parent })
    follow(this as object, command, operation, batch)
    try {
      return original.apply(this, args)
    } catch (error) {
      operation.fail(error)
      throw error
    }
  }
  return mimic(sendCommand, original)
}

function isRedisCommand(command: unknown): command is RedisCommand {
  return (
    typeof peek(command, 'name') === 'string' &&
    Array.isArray(peek(command, 'args')) &&
    isMethod(peek(command, 'resolve')) &&
    isMethod(peek(command, 'reject'))
  )
}

function isHandshake(redis: unknown, { name }: RedisCommand): boolean {
  if (peek(redis, 'status') !== 'connect' || !HANDSHAKE.has(name)) return false
  return peek(peek(redis, 'condition'), 'handshake') !== false
}

function batchOf(command: RedisCommand): RedisBatch {
  if (command.name === 'multi' || command.name === 'exec') return undefined
  if (peek(command, 'inTransaction') === true) return 'MULTI'
  return typeof peek(command, 'pipelineIndex') === 'number' ? 'PIPELINE' : undefined
}

function follow(redis: object, command: RedisCommand, operation: Operation, batch: RedisBatch): void {
  const { resolve, reject } = command
  command.resolve = function (this: unknown, ...args: unknown[]): unknown {
    const result = resolve.apply(this, args) // a reply that cannot be transformed rejects in here
    if (command.name === 'exec') settleQueue(redis, args[0])
    else if (command.name === 'multi' || command.name === 'discard') settleQueue(redis, undefined) // nothing came of it
    if (batch === 'MULTI') queueOperation(redis, operation)
    else operation.succeed()
    return result
  }
  command.reject = function (this: unknown, ...args: unknown[]): unknown {
    const result = reject.apply(this, args)
    // A cluster sends a redirected command again instead of settling it.
    if (command.isSettled === false) return result
    const reason = reasonOf(redis, args[0])
    if (command.name === 'exec') settleQueue(redis, reason)
    operation.fail(reason)
    return result
  }
}

// Commands of a transaction are answered `QUEUED`; what became of them is in the reply to EXEC, in their order.
const queues = new WeakMap<object, Operation[]>()

function queueOperation(redis: object, operation: Operation): void {
  const queue = queues.get(redis) ?? []
  queues.set(redis, queue)
  queue.push(operation)
}

function settleQueue(redis: object, outcome: unknown): void {
  const queue = queues.get(redis) ?? []
  queues.delete(redis)
  queue.forEach((operation, index) => {
    const reply: unknown = Array.isArray(outcome) ? outcome[index] : outcome
    if (reply instanceof Error) operation.fail(reply)
    else operation.succeed()
  })
}

const lastErrors = new WeakMap<object, unknown>()

/** Why a connection closed: ioredis tells its listeners, and everybody else only that it did. */
function reasonOf(redis: unknown, error: unknown): unknown {
  if (peek(error, 'message') !== CLOSED) return error
  return lastErrors.get(redis as object) ?? error
}

function wrapSilentEmit(original: Method): Method {
  function silentEmit(this: unknown, ...args: unknown[]): unknown {
    if (args[0] === 'error') lastErrors.set(this as object, args[1])
    return original.apply(this, args)
  }
  return mimic(silentEmit, original)
}

function wrapConnect(original: Method, monitor: Monitor): Method {
  function connect(this: unknown, ...args: unknown[]): unknown {
    // Attempts that ioredis makes by itself would be a stream of spans as long as a server is down.
    if (peek(this, 'status') === 'reconnecting') return original.apply(this, args)
    lastErrors.delete(this as object)
    const operation = monitor.start(serverOf(this), CONNECT, { measured: 'failures' })
    const fail = (error: unknown): void => operation.fail(reasonOf(this, error))
    const [callback] = args
    const run = (passed: unknown[]): unknown => context.with(operation.context, () => original.apply(this, passed))
    if (isMethod(callback)) {
      const settle = function (this: unknown, ...outcome: unknown[]): unknown {
        if (outcome[0]) fail(outcome[0])
        else operation.succeed()
        return callback.apply(this, outcome)
      }
      return run([context.bind(operation.parent, settle)])
    }
    const result = run(args)
    if (!isThenable(result)) return result
    return result.then(
      (value) => {
        operation.succeed()
        return value
      },
      (error: unknown) => {
        fail(error)
        throw error
      },
    )
  }
  return mimic(connect, original)
}

interface ConnectionState {
  readonly options?: {
    readonly host?: unknown
    readonly port?: unknown
    readonly path?: unknown
    readonly db?: unknown
  }
  readonly condition?: { readonly select?: unknown } | null
}

function serverOf(redis: unknown): Server {
  const { options, condition } = redis as ConnectionState
  const database = condition?.select ?? options?.db
  const path = text(options?.path)
  return serverFor(
    redis as object,
    'redis',
    typeof database === 'number' ? String(database) : undefined,
    path ?? text(options?.host),
    path === undefined ? port(options?.port) : undefined,
  )
}
