import type { Attributes } from '@opentelemetry/api'
import {
  ATTR_DB_COLLECTION_NAME,
  ATTR_DB_NAMESPACE,
  ATTR_DB_OPERATION_BATCH_SIZE,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_SUMMARY,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_STORED_PROCEDURE_NAME,
  ATTR_DB_SYSTEM_NAME,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from './attributes.ts'

/** Where commands go. */
export interface Server {
  /** Stable value of `db.system.name`. */
  readonly system: string
  readonly namespace?: string | undefined
  readonly address?: string | undefined
  readonly port?: number | undefined
}

/** What one command does, in words of low cardinality; only `queryText` may be anything. */
export interface CommandWords {
  readonly operation?: string | undefined
  readonly collection?: string | undefined
  readonly procedure?: string | undefined
  readonly summary?: string | undefined
  readonly batchSize?: number | undefined
  readonly queryText?: string | undefined
  /** The same object stands for every command of these words, so what follows from it is kept. */
  readonly isShared?: boolean
}

/** A command in the words of the semantic conventions. */
export interface Command {
  readonly server: Server
  readonly words: CommandWords
  /** Name of the span: the summary, else operation and target, else what is known. */
  readonly name: string
  readonly spanAttributes: Readonly<Attributes>
  /** Those of low cardinality. */
  readonly metricAttributes: Readonly<Attributes>
}

const shared = new WeakMap<CommandWords, Command>()

/** Puts a command into the words of the semantic conventions. */
export function describeCommand(server: Server, words: CommandWords): Command {
  if (words.isShared !== true) return createCommand(server, words)
  // Most texts go to one server only, so one command is kept of each.
  let command = shared.get(words)
  if (command?.server !== server) {
    command = createCommand(server, words)
    shared.set(words, command)
  }
  return command
}

function createCommand(server: Server, words: CommandWords): Command {
  const metricAttributes = Object.freeze(createMetricAttributes(server, words))
  return {
    server,
    words,
    name: createName(server, words),
    spanAttributes: Object.freeze(createSpanAttributes(metricAttributes, words)),
    metricAttributes,
  }
}

function createMetricAttributes(server: Server, words: CommandWords): Attributes {
  const attributes: Attributes = { [ATTR_DB_SYSTEM_NAME]: server.system }
  if (words.operation !== undefined) attributes[ATTR_DB_OPERATION_NAME] = words.operation
  if (words.collection !== undefined) attributes[ATTR_DB_COLLECTION_NAME] = words.collection
  if (words.procedure !== undefined) attributes[ATTR_DB_STORED_PROCEDURE_NAME] = words.procedure
  if (words.summary !== undefined) attributes[ATTR_DB_QUERY_SUMMARY] = words.summary
  if (server.namespace !== undefined) attributes[ATTR_DB_NAMESPACE] = server.namespace
  if (server.address !== undefined) attributes[ATTR_SERVER_ADDRESS] = server.address
  if (server.port !== undefined) attributes[ATTR_SERVER_PORT] = server.port
  return attributes
}

function createSpanAttributes(metricAttributes: Attributes, { batchSize, queryText }: CommandWords): Attributes {
  const attributes = { ...metricAttributes }
  if (batchSize !== undefined) attributes[ATTR_DB_OPERATION_BATCH_SIZE] = batchSize
  if (queryText !== undefined) attributes[ATTR_DB_QUERY_TEXT] = queryText
  return attributes
}

function createName(server: Server, { operation, summary, collection }: CommandWords): string {
  if (summary !== undefined) return summary
  const target = collection ?? server.namespace ?? addressOf(server)
  if (operation === undefined) return target ?? server.system
  return target === undefined ? operation : `${operation} ${target}`
}

/** `address:port`, as far as known. */
export function addressOf({ address, port }: Server): string | undefined {
  if (address === undefined) return undefined
  return port === undefined ? address : `${address}:${port}`
}

const servers = new WeakMap<object, Server>()

/** The server that belongs to an object of the library, the same one as long as nothing about it changes. */
export function serverFor(
  owner: object,
  system: string,
  namespace: string | undefined,
  address: string | undefined,
  port: number | undefined,
): Server {
  const known = servers.get(owner)
  if (known?.namespace === namespace && known?.address === address && known?.port === port && known !== undefined) {
    return known
  }
  const server = sameServer({ system, namespace, address, port })
  servers.set(owner, server)
  return server
}

// Each connection of a pool has an object of its own; what is kept of a command is kept for the server.
const MAX_SERVERS = 100
const serversByName = new Map<string, Server>()

/** One and the same object for equal servers, as long as there are few. */
function sameServer(server: Server): Server {
  const { system, namespace, address, port } = server
  const name = JSON.stringify([system, namespace, address, port])
  const known = serversByName.get(name)
  if (known !== undefined) return known
  if (serversByName.size >= MAX_SERVERS) serversByName.clear()
  serversByName.set(name, server)
  return server
}
