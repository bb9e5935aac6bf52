import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A row that was inserted, by column; maps are objects, times are nanoseconds. */
export type ClickhouseRow = Readonly<Record<string, unknown>>

/** A stand-in for ClickHouse: speaks its HTTP interface and its format Native, as far as the collector's exporter does. */
export interface Clickhouse {
  /** For `PLUTUS_CLICKHOUSE_ENDPOINT`: without compression, which changes nothing in what is said. */
  readonly endpoint: string
  /** Rows of a table, in the order in which they came. */
  readonly rows: (table: string) => readonly ClickhouseRow[]
  /** Answers that nothing is there: ClickHouse is up, the tables are not. */
  isEmpty: boolean
  readonly close: () => void
}

/** Who may insert. */
export interface ClickhouseUser {
  readonly name: string
  readonly password: string
}

type Columns = ReadonlyMap<string, string>

interface Answer {
  readonly status: number
  readonly body: Buffer
}

// Of the protocol that it says to speak; from 54454 on a column tells whether it is serialised in another way.
const REVISION = 54_460
const UNKNOWN_TABLE = 60
const NO_SUCH_COLUMN = 16
const BAD_LOGIN = 516

/** Starts one with the tables that statements create: what they do not have cannot be inserted. */
export async function startClickhouse(statements: string, user: ClickhouseUser): Promise<Clickhouse> {
  const tables = parseTables(statements)
  const inserted = new Map<string, ClickhouseRow[]>()
  const login = `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}`
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => void chunks.push(chunk))
    request.on('end', () => {
      const isKnown = request.headers.authorization === login
      const { status, body } = isKnown
        ? answer(request.url ?? '/', Buffer.concat(chunks))
        : refuse(403, BAD_LOGIN, 'Authentication failed')
      response.writeHead(status, { 'content-type': 'application/octet-stream' }).end(body)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  const answer = (path: string, body: Buffer): Answer => {
    const query = new URL(path, 'http://localhost').searchParams.get('query') ?? body.toString()
    if (query.startsWith('SELECT displayName()')) return { status: 200, body: HELLO }
    const [, verb, table = ''] = /^\s*(INSERT INTO|DESC(?:RIBE)? TABLE)\s+(?:\W?\w+\W?\.)?\W?(\w+)/i.exec(query) ?? []
    const columns = clickhouse.isEmpty ? undefined : tables.get(table)
    if (columns === undefined) return refuse(404, UNKNOWN_TABLE, `Table ${table} does not exist`)
    if (verb?.startsWith('DESC')) return { status: 200, body: describe(columns) }
    const rows = readBlock(body, columns)
    if (typeof rows === 'string') return refuse(404, NO_SUCH_COLUMN, `No such column ${rows} in table ${table}`)
    inserted.set(table, [...(inserted.get(table) ?? []), ...rows])
    return { status: 200, body: Buffer.alloc(0) }
  }
  const clickhouse: Clickhouse = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}?compress=none`,
    rows: (table) => inserted.get(table) ?? [],
    isEmpty: false,
    close: () => server.close().closeAllConnections(),
  }
  return clickhouse
}

/** Columns of each table with their types, a nested one as its arrays. */
function parseTables(statements: string): ReadonlyMap<string, Columns> {
  const tables = [...statements.matchAll(/CREATE TABLE IF NOT EXISTS (\w+) \(\n(.*?)\n\) ENGINE/gs)]
  return new Map(
    tables.map(([, table = '', body = '']) => {
      const lines = body.split('\n').map((line) => line.trim().replace(/,$/, ''))
      const columns = lines.flatMap((line): [string, string][] => {
        const [, name = '', type = ''] = /^(\w+) (.*?)(?: DEFAULT .*?)?(?: CODEC\(.*\))?$/.exec(line) ?? []
        const nested = /^Nested \((.*)\)$/.exec(type)?.[1]
        if (name === 'INDEX') return []
        if (nested === undefined) return [[name, type]]
        const inner = nested.matchAll(/(\w+) ((?:[^,()]|\((?:[^()]|\([^()]*\))*\))+)/g)
        return [...inner].map(([, part, partType]) => [`${name}.${part}`, `Array(${partType})`])
      })
      return [table, new Map(columns)]
    }),
  )
}

function refuse(status: number, code: number, what: string): Answer {
  return { status, body: Buffer.from(`Code: ${code}. DB::Exception: ${what}\n`) }
}

function describe(columns: Columns): Buffer {
  const titles = ['name', 'type', 'default_type', 'default_expression', 'comment', 'codec_expression', 'ttl_expression']
  const values = [[...columns.keys()], [...columns.values()]]
  return writeBlock(
    titles.map((title, at) => [title, 'String', Buffer.concat(textsOf(values[at] ?? [], columns.size))]),
  )
}

function textsOf(values: readonly string[], count: number): Buffer[] {
  return Array.from({ length: count }, (_, at) => text(values[at] ?? ''))
}

function writeBlock(columns: readonly (readonly [name: string, type: string, data: Buffer])[], rows?: number): Buffer {
  const info = Buffer.from([1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0])
  const count = rows ?? countTexts(columns[0]?.[2] ?? Buffer.alloc(0))
  const parts = columns.flatMap(([name, type, data]) => [text(name), text(type), Buffer.from([0]), data])
  return Buffer.concat([info, varint(columns.length), varint(count), ...parts])
}

function countTexts(data: Buffer): number {
  const reader = new Reader(data)
  let count = 0
  for (; !reader.isAtEnd; count++) reader.text()
  return count
}

function text(value: string): Buffer {
  return Buffer.concat([varint(Buffer.byteLength(value)), Buffer.from(value)])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  return Buffer.from([...bytes, rest])
}

const revision = Buffer.alloc(4)
revision.writeUInt32LE(REVISION)
const HELLO = writeBlock(
  [
    ['displayName()', 'String', text('stand-in')],
    ['version()', 'String', text('26.1.1.1')],
    ['revision()', 'UInt32', revision],
    ['timezone()', 'String', text('UTC')],
  ],
  1,
)

/** Reads a block in the format Native, without what revisions add to it; gives the name of a column that is not there. */
function readBlock(bytes: Buffer, columns: Columns): readonly ClickhouseRow[] | string {
  const reader = new Reader(bytes)
  const count = reader.varint()
  const rows = Array.from({ length: reader.varint() }, (): Record<string, unknown> => ({}))
  for (let at = 0; at < count; at++) {
    const [name, type] = [reader.text(), reader.text()]
    if (columns.get(name) !== type) return name
    reader.prefix(type)
    const values = reader.column(type, rows.length)
    for (const [row, value] of values.entries()) (rows[row] as Record<string, unknown>)[name] = value
  }
  return rows
}

const FIXED: Readonly<Record<string, readonly [bytes: number, read: (data: Buffer, at: number) => unknown]>> = {
  Bool: [1, (data, at) => data[at] === 1],
  UInt8: [1, (data, at) => data.readUInt8(at)],
  Int32: [4, (data, at) => data.readInt32LE(at)],
  UInt32: [4, (data, at) => data.readUInt32LE(at)],
  DateTime: [4, (data, at) => data.readUInt32LE(at)],
  UInt64: [8, (data, at) => data.readBigUInt64LE(at)],
  Float64: [8, (data, at) => data.readDoubleLE(at)],
  'DateTime64(9)': [8, (data, at) => data.readBigInt64LE(at)],
}

class Reader {
  readonly #data: Buffer
  #at = 0

  constructor(data: Buffer) {
    this.#data = data
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#data.length
  }

  varint(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#data.readUInt8(this.#at++)
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
  }

  text(): string {
    const length = this.varint()
    this.#at += length
    return this.#data.toString('utf8', this.#at - length, this.#at)
  }

  /** What stands before the values of a column: a version for each dictionary in it. */
  prefix(type: string): void {
    this.#at += 8 * (type.match(/LowCardinality/g)?.length ?? 0)
  }

  column(type: string, count: number): unknown[] {
    const [, outer, inner = ''] = /^(LowCardinality|Array|Map)\((.*)\)$/.exec(type) ?? []
    if (outer === 'LowCardinality') return this.#dictionary(inner, count)
    if (outer !== undefined) {
      const ends = this.column('UInt64', count).map(Number)
      const total = ends.at(-1) ?? 0
      const items = outer === 'Array' ? this.column(inner, total) : this.#pairs(inner, total)
      const lists = ends.map((end, at) => items.slice(ends[at - 1] ?? 0, end))
      return outer === 'Array' ? lists : lists.map((list) => Object.fromEntries(list as [string, unknown][]))
    }
    if (type === 'String') return Array.from({ length: count }, () => this.text())
    const fixed = FIXED[type]
    if (fixed === undefined) throw new Error(`the stand-in for ClickHouse has no type ${type}`)
    const [bytes, read] = fixed
    const start = this.#at
    this.#at += bytes * count
    return Array.from({ length: count }, (_, at) => read(this.#data, start + at * bytes))
  }

  #pairs(types: string, count: number): [unknown, unknown][] {
    const [, key = '', value = ''] = /^(LowCardinality\(String\)), (.*)$/.exec(types) ?? []
    const keys = this.column(key, count)
    const values = this.column(value, count)
    return keys.map((one, at) => [one, values[at]])
  }

  #dictionary(type: string, count: number): unknown[] {
    if (count === 0) return []
    const [flags, size] = [this.#long(), this.#long()]
    const words = this.column(type, size)
    const keys = this.#long()
    const bytes = 2 ** (flags & 0xf)
    const start = this.#at
    this.#at += bytes * keys
    return Array.from({ length: keys }, (_, at) => words[this.#data.readUIntLE(start + at * bytes, Math.min(bytes, 6))])
  }

  #long(): number {
    this.#at += 8
    return Number(this.#data.readBigUInt64LE(this.#at - 8) & 0xffff_ffffn)
  }
}
