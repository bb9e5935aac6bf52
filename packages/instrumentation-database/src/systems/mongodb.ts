import { context } from '@opentelemetry/api'
import { serverFor } from '../command.ts'
import type { Server } from '../command.ts'
import { isMethod, isThenable, mimic } from '../method.ts'
import type { Method } from '../method.ts'
import { isHandshake, wordsOfMongo } from '../mongo-words.ts'
import type { Monitor } from '../monitor.ts'
import { isReported } from '../operation.ts'
import type { Operation } from '../operation.ts'
import { peek, port, text } from '../peek.ts'
import { observeMongoPools, wrapCheckOut } from './mongodb-pool.ts'
import { settleWith } from './settle.ts'
import type { System } from './system.ts'

/** `mongodb`: commands of version 4 and later, connecting, pools; of version 3 the commands as upstream sees them. */
export const mongodb: System = {
  config: { enhancedDatabaseReporting: false },
  roleOf: () => 'driver',
  replace: (target, name, monitor) => {
    if ('getMore' in target) return undefined // version 3
    if (name === 'command') return (original) => wrapCommand(original, monitor)
    if (name === 'connect') return (original) => wrapConnect(original, monitor)
    if (name === 'checkOut') return (original) => wrapCheckOut(original, monitor)
    return false // upstream counts sessions as if they were connections
  },
  modulePatches: (monitor, wrap) => [
    {
      module: 'mongodb',
      file: 'lib/cmap/connection_pool.js',
      supportedVersions: ['>=6.4.0 <8'],
      patch: (exports) => observeMongoPools(exports, monitor, wrap),
    },
    {
      module: 'mongodb',
      file: 'lib/sdam/topology.js',
      supportedVersions: ['>=4.0.0 <8'],
      patch: (exports) => {
        const { Topology } = exports as { Topology?: { readonly prototype: object } }
        if (Topology === undefined) return
        wrap(Topology.prototype, 'selectServer', (original) => wrapSelectServer(original, monitor))
      },
    },
  ],
}

function wrapCommand(original: Method, monitor: Monitor): Method {
  function command(this: unknown, ...args: unknown[]): unknown {
    const [namespace, document] = args
    if (typeof document !== 'object' || document === null || isHandshake(document)) return original.apply(this, args)
    const operation = monitor.start(serverOf(this, namespace), wordsOfMongo(document))
    const succeed = (reply: unknown): void => settleReply(reply, operation)
    try {
      const at = args.findLastIndex(isMethod)
      // Version 6.4 and later take a class for the reply last, and give a promise.
      if (at === 3 && original.length === 4) {
        return original.apply(this, args.with(at, settleBefore(args[at] as Method, operation, succeed)))
      }
      return settleWith(original.apply(this, args), operation, succeed)
    } catch (error) {
      operation.fail(error)
      throw error
    }
  }
  return mimic(command, original)
}

/** A write that breaks a rule is answered with `ok: 1` and its errors. */
function settleReply(reply: unknown, operation: Operation): void {
  const document = withErrors(reply)
  const errors = peek(document, 'writeErrors')
  const error: unknown = (Array.isArray(errors) ? errors[0] : undefined) ?? peek(document, 'writeConcernError')
  if (error === undefined || error === null) operation.succeed(countDocuments(reply))
  else operation.fail({ code: peek(error, 'code'), message: peek(error, 'errmsg') })
}

interface LazyReply {
  has?(field: string): boolean
  toObject?(): unknown
}

/** Drivers from 6.4 on leave a reply as bytes until somebody asks for it; whether it tells of errors costs little. */
function withErrors(reply: unknown): unknown {
  const lazy = (reply ?? {}) as LazyReply
  if (!isMethod(lazy.has) || !isMethod(lazy.toObject)) return reply
  const { has } = lazy as Required<LazyReply>
  const hasErrors = ['writeErrors', 'writeConcernError'].some((field) => has.call(lazy, field))
  return hasErrors ? lazy.toObject() : undefined
}

function countDocuments(reply: unknown): number | undefined {
  const cursor = peek(reply, 'cursor')
  const batch = peek(cursor, 'firstBatch') ?? peek(cursor, 'nextBatch')
  if (Array.isArray(batch)) return batch.length
  const { batchSize } = (reply ?? {}) as { readonly batchSize?: unknown } // of the driver's own reply to a cursor
  return typeof batchSize === 'number' ? batchSize : undefined
}

function settleBefore(callback: Method, operation: Operation, succeed: (reply: unknown) => void): Method {
  const settle = function (this: unknown, ...outcome: unknown[]): unknown {
    if (outcome[0]) operation.fail(outcome[0])
    else succeed(outcome[1])
    return callback.apply(this, outcome)
  }
  return context.bind(operation.parent, settle)
}

function wrapConnect(original: Method, monitor: Monitor): Method {
  function connect(this: unknown, ...args: unknown[]): unknown {
    const [options, callback] = args
    // The monitor of a server connects again and again; a pool numbers its connections.
    if (typeof peek(options, 'id') !== 'number') return original.apply(this, args)
    const host = peek(options, 'hostAddress')
    const server = { system: 'mongodb', address: text(peek(host, 'host')), port: port(peek(host, 'port')) }
    const operation = monitor.start(server, { operation: 'connect' }, { measured: 'failures' })
    const run = (passed: unknown[]): unknown => context.with(operation.context, () => original.apply(this, passed))
    if (isMethod(callback)) return run([options, settleBefore(callback, operation, () => operation.succeed())])
    return settleWith(run(args), operation)
  }
  return mimic(connect, original)
}

/** An operation that finds no server sends no command: this is where it fails. */
function wrapSelectServer(original: Method, monitor: Monitor): Method {
  function selectServer(this: unknown, ...args: unknown[]): unknown {
    if (!monitor.isEnabled) return original.apply(this, args)
    const parent = context.active()
    const startMillis = performance.now()
    const fail = (error: unknown): void => {
      if (isReported(error)) return
      const name = text(peek(args[1], 'operationName'))
      const operation = name === undefined || name === 'handshake' ? 'connect' : name
      monitor.start({ system: 'mongodb' }, { operation }, { parent, startMillis }).fail(error)
    }
    const at = args.findLastIndex(isMethod)
    if (at > 0 && original.length === at + 1) {
      const callback = args[at] as Method
      const settle = function (this: unknown, ...outcome: unknown[]): unknown {
        if (outcome[0]) fail(outcome[0])
        return callback.apply(this, outcome)
      }
      return original.apply(this, args.with(at, context.bind(parent, settle)))
    }
    const result = original.apply(this, args)
    if (!isThenable(result)) return result
    return result.then(undefined, (error: unknown) => {
      fail(error)
      throw error
    })
  }
  return mimic(selectServer, original)
}

function serverOf(connection: unknown, namespace: unknown): Server {
  const { address } = connection as { readonly address?: unknown }
  const { db } = (namespace ?? {}) as { readonly db?: unknown }
  const end = typeof address === 'string' ? address.lastIndexOf(':') : -1
  const host = typeof address === 'string' && end !== -1 ? address.slice(0, end) : address
  const number = typeof address === 'string' && end !== -1 ? port(address.slice(end + 1)) : undefined
  return serverFor(connection as object, 'mongodb', text(db), text(host), number)
}
