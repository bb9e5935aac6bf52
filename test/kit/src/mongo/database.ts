import { Long } from 'bson'
import type { Document } from 'bson'

/** Answers commands from documents in memory. */
export interface Database {
  run(command: Document): Document
}

interface Cursor {
  readonly namespace: string
  readonly documents: Document[]
}

const DUPLICATE_KEY = 11_000
const BAD_VALUE = 2
const COMMAND_NOT_FOUND = 59
const DEFAULT_BATCH = 101

/**
 * Creates a database that understands what tests ask of it: insert, find with equality and `$gt`, getMore, update with
 * `$set`, delete, count, aggregate with `$match`, and answers the rest as a server does that does not know it.
 */
export function createDatabase(): Database {
  const collections = new Map<string, Document[]>()
  const cursors = new Map<string, Cursor>()
  let lastCursor = 0

  const documentsOf = (database: string, collection: unknown): Document[] => {
    const namespace = `${database}.${String(collection)}`
    const documents = collections.get(namespace) ?? []
    collections.set(namespace, documents)
    return documents
  }
  const openCursor = (namespace: string, found: readonly Document[], size: unknown): Document => {
    const batch = typeof size === 'number' ? size : DEFAULT_BATCH
    const rest = found.slice(batch)
    const id = rest.length === 0 ? 0 : (lastCursor += 1)
    if (id !== 0) cursors.set(String(id), { namespace, documents: rest })
    return { ok: 1, cursor: { id: Long.fromNumber(id), ns: namespace, firstBatch: found.slice(0, batch) } }
  }

  const commands: Readonly<Record<string, (command: Document, database: string) => Document>> = {
    hello: greet,
    isMaster: greet,
    ismaster: greet,
    ping: () => ({ ok: 1 }),
    endSessions: () => ({ ok: 1 }),
    killCursors: () => ({ ok: 1 }),
    create: () => ({ ok: 1 }),
    createIndexes: () => ({ ok: 1 }),
    insert: (command, database) => {
      const documents = documentsOf(database, command['insert'])
      const writeErrors: Document[] = []
      listOf(command['documents']).forEach((document, index) => {
        const isKnown = documents.some((other) => isEqual(other['_id'], document['_id']))
        if (isKnown) writeErrors.push(duplicate(index, document))
        else documents.push(document)
      })
      const n = listOf(command['documents']).length - writeErrors.length
      return { ok: 1, n, ...(writeErrors.length === 0 ? {} : { writeErrors }) }
    },
    find: (command, database) => {
      const filter = (command['filter'] ?? {}) as Document
      const found = documentsOf(database, command['find']).filter((document) => matches(document, filter))
      const limit = typeof command['limit'] === 'number' && command['limit'] > 0 ? command['limit'] : found.length
      return openCursor(`${database}.${command['find']}`, found.slice(0, limit), command['batchSize'])
    },
    getMore: (command) => {
      const id = String(command['getMore'])
      const cursor = cursors.get(id)
      if (cursor === undefined)
        return { ok: 0, code: 43, codeName: 'CursorNotFound', errmsg: `cursor id ${id} not found` }
      const size = typeof command['batchSize'] === 'number' ? command['batchSize'] : cursor.documents.length
      const nextBatch = cursor.documents.splice(0, size)
      const isOver = cursor.documents.length === 0
      if (isOver) cursors.delete(id)
      return { ok: 1, cursor: { id: Long.fromString(isOver ? '0' : id), ns: cursor.namespace, nextBatch } }
    },
    update: (command, database) => {
      const documents = documentsOf(database, command['update'])
      let n = 0
      for (const { q, u, multi } of listOf(command['updates'])) {
        const found = documents.filter((document) => matches(document, q as Document))
        const chosen = multi === true ? found : found.slice(0, 1)
        for (const document of chosen) Object.assign(document, (u as Document)['$set'])
        n += chosen.length
      }
      return { ok: 1, n, nModified: n }
    },
    delete: (command, database) => {
      const documents = documentsOf(database, command['delete'])
      let n = 0
      for (const { q } of listOf(command['deletes'])) {
        for (const document of documents.filter((other) => matches(other, q as Document))) {
          documents.splice(documents.indexOf(document), 1)
          n += 1
        }
      }
      return { ok: 1, n }
    },
    aggregate: (command, database) => {
      const [stage] = listOf(command['pipeline'])
      const filter = (stage?.['$match'] ?? {}) as Document
      const found = documentsOf(database, command['aggregate']).filter((document) => matches(document, filter))
      const counts = listOf(command['pipeline']).some((other) => '$group' in other)
      const result = counts ? [{ _id: 1, n: found.length }] : found
      return openCursor(`${database}.${String(command['aggregate'])}`, result, undefined)
    },
  }

  return {
    run: (command) => {
      const [name = ''] = Object.keys(command)
      const answer = Object.hasOwn(commands, name) ? commands[name] : undefined
      if (answer === undefined) {
        return { ok: 0, code: COMMAND_NOT_FOUND, codeName: 'CommandNotFound', errmsg: `no such command: '${name}'` }
      }
      try {
        return answer(command, String(command['$db']))
      } catch (error) {
        const errmsg = error instanceof Error ? error.message : String(error)
        return { ok: 0, code: BAD_VALUE, codeName: 'BadValue', errmsg }
      }
    },
  }
}

function greet(): Document {
  return {
    ok: 1,
    ismaster: true,
    isWritablePrimary: true,
    helloOk: true,
    maxBsonObjectSize: 16_777_216,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    minWireVersion: 0,
    maxWireVersion: 21,
    logicalSessionTimeoutMinutes: 30,
    readOnly: false,
    localTime: new Date(),
  }
}

function duplicate(index: number, { _id }: Document): Document {
  const errmsg = `E11000 duplicate key error collection: test.c index: _id_ dup key: { _id: ${JSON.stringify(_id)} }`
  return { index, code: DUPLICATE_KEY, errmsg, keyPattern: { _id: 1 }, keyValue: { _id } }
}

function listOf(value: unknown): readonly Document[] {
  return Array.isArray(value) ? (value as Document[]) : []
}

function matches(document: Document, filter: Document): boolean {
  return Object.entries(filter).every(([field, wanted]) => {
    const [operator] = typeof wanted === 'object' && wanted !== null ? Object.keys(wanted) : []
    if (operator === undefined || !operator.startsWith('$')) return isEqual(document[field], wanted)
    const operand = (wanted as Document)[operator] as number
    if (operator === '$gt') return (document[field] as number) > operand
    throw new Error(`unknown operator: ${operator}`)
  })
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
