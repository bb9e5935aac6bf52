import type { CommandWords } from './command.ts'
import { peek } from './peek.ts'

const COMMAND_NAME = /^[A-Za-z]{1,40}$/
// Commands whose own field holds the name of a collection; of others it may be anything, such as a user's name.
const ON_COLLECTION = new Set([
  'aggregate',
  'collMod',
  'collStats',
  'count',
  'create',
  'createIndexes',
  'delete',
  'distinct',
  'drop',
  'dropIndexes',
  'find',
  'findAndModify',
  'findandmodify',
  'insert',
  'killCursors',
  'listIndexes',
  'mapReduce',
  'update',
  'validate',
])
const BATCHES: Readonly<Record<string, string>> = { insert: 'documents', update: 'updates', delete: 'deletes' }
// What documents hold is the application's; only the shape of a question is shown.
const UNSHOWN = new Set(['documents', 'u', 'update', 'lsid', '$clusterTime', '$db', '$readPreference', 'txnNumber'])
const MAX_DEPTH = 6
const MAX_FIELDS = 60
const MAX_ITEMS = 20
const MAX_KEY_CHARACTERS = 64

/** Whether a MongoDB command is part of setting up a connection, which may carry credentials. */
export function isHandshake(command: unknown): boolean {
  const [name] = Object.keys(command ?? {})
  return name === undefined || /^(?:hello|isMaster|ismaster|sasl\w*|authenticate|getnonce|copydb\w*)$/.test(name)
}

/**
 * What a MongoDB command does. Its text is the command's shape as JSON: fields and operators, every value `?`.
 *
 * @param namespaceCollection Collection as the driver knows it, for commands that do not say.
 */
export function wordsOfMongo(command: object, namespaceCollection?: string): CommandWords {
  const [name] = Object.keys(command)
  if (name === undefined || !COMMAND_NAME.test(name)) return {}
  const list = peek(command, BATCHES[name] ?? '')
  const batch = Array.isArray(list) ? list : peek(list, 'documents') // version 7 has an object around the list
  return {
    operation: name,
    collection: collectionOf(name, command) ?? namespaceCollection,
    batchSize: Array.isArray(batch) && batch.length > 1 ? batch.length : undefined,
    queryText: JSON.stringify(describe(command, { fields: MAX_FIELDS }, 0)),
  }
}

function collectionOf(name: string, command: object): string | undefined {
  const value = peek(command, name === 'getMore' ? 'collection' : name)
  return (name === 'getMore' || ON_COLLECTION.has(name)) && typeof value === 'string' ? value : undefined
}

interface Budget {
  fields: number
}

/** The shape of a value, without running a getter or `toJSON` of it. */
function describe(value: unknown, budget: Budget, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth >= MAX_DEPTH) return '?'
  if (Array.isArray(value)) return describeList(value, budget, depth)
  if (!isPlain(value)) return '?' // dates, binaries, ObjectIds
  const shape = Object.create(null) as Record<string, unknown> // `__proto__` is a field like others
  for (const key of Object.keys(value)) {
    if (budget.fields <= 0) {
      shape['…'] = '?'
      break
    }
    budget.fields -= 1
    shape[key.slice(0, MAX_KEY_CHARACTERS)] = UNSHOWN.has(key) ? '?' : describe(peek(value, key), budget, depth + 1)
  }
  return shape
}

/** A list of values is one `?`, whatever its length; of stages and conditions each is shown. */
function describeList(list: readonly unknown[], budget: Budget, depth: number): unknown[] {
  const shapes: unknown[] = []
  for (let index = 0; index < list.length && index < MAX_ITEMS; index += 1) {
    const shape = describe(peek(list, index), budget, depth + 1)
    if (shape !== '?' || !shapes.includes('?')) shapes.push(shape)
  }
  return shapes
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}
