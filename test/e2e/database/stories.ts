import { services } from '@plutus/test-kit'
import type { ServiceName } from '@plutus/test-kit'

/** A program and what it must come to. */
export interface StoryCase {
  /** Its files: `<name>.cjs` and `<name>.mjs`. */
  readonly name: string
  /** The server it needs; MongoDB's stand-in is started by the test. */
  readonly service?: ServiceName
  readonly system: string
  /** How many spans there are of a name. */
  readonly spans: Readonly<Record<string, number>>
  /** Error spans that must be among the others: name, `error.type`, `db.response.status_code`. */
  readonly errors: readonly (readonly [name: string, type: string, statusCode?: string])[]
  /** The pool that is open while metrics are collected, and its bound if the driver tells it. */
  readonly pool?: { readonly max?: number }
}

const postgres = new URL(services.postgres.url).pathname.slice(1)
const mysql = new URL(services.mysql.url).pathname.slice(1)

const ofMysql = {
  service: 'mysql',
  system: 'mysql',
  spans: { 'CREATE TABLE ledger': 1, 'INSERT ledger': 2, 'SELECT nowhere': 2, [`SELECT ${mysql}`]: 7 },
  errors: [
    ['INSERT ledger', 'ER_DUP_ENTRY', '1062'],
    ['SELECT nowhere', 'ER_NO_SUCH_TABLE', '1146'],
    ['SELECT nowhere', 'ER_NO_SUCH_TABLE', '1146'],
    [`connect ${mysql}`, 'ECONNREFUSED'],
  ],
  pool: { max: 3 },
} as const

/** The programs, and what each must come to. */
export const STORIES: readonly StoryCase[] = [
  {
    name: 'pg',
    service: 'postgres',
    system: 'postgresql',
    spans: { 'CREATE TABLE ledger': 1, 'INSERT ledger': 2, 'SELECT nowhere': 2, [`SELECT ${postgres}`]: 17 },
    errors: [
      ['INSERT ledger', '23505', '23505'],
      ['SELECT nowhere', '42P01', '42P01'],
      ['SELECT nowhere', '42P01', '42P01'],
      ['connect d', 'ECONNREFUSED'],
    ],
    pool: { max: 3 },
  },
  { name: 'mysql', ...ofMysql },
  { name: 'mysql2', ...ofMysql },
  {
    name: 'ioredis',
    service: 'redis',
    system: 'redis',
    spans: {
      'set 0': 2,
      'get 0': 5,
      'MULTI set 0': 1,
      'MULTI get 0': 1,
      'PIPELINE set 0': 1,
      'PIPELINE get 0': 1,
      'connect 0': 2,
    },
    errors: [
      ['lpush 0', 'WRONGTYPE', 'WRONGTYPE'],
      ['lpush 0', 'WRONGTYPE', 'WRONGTYPE'],
      ['nonsense 0', 'ERR', 'ERR'],
      ['connect 0', 'ECONNREFUSED'],
    ],
  },
  {
    name: 'redis',
    service: 'redis',
    system: 'redis',
    spans: { 'SET 0': 1, 'GET 0': 4, 'MULTI SET 0': 1, 'MULTI GET 0': 1, 'PIPELINE SET 0': 1, 'PIPELINE GET 0': 1 },
    errors: [
      ['LPUSH 0', 'WRONGTYPE', 'WRONGTYPE'],
      ['connect 0', 'ECONNREFUSED'],
    ],
    pool: {},
  },
  {
    name: 'knex',
    service: 'postgres',
    system: 'postgresql',
    // knex asks for the version of a server once, itself.
    spans: { [`SELECT ${postgres}`]: 3, 'SELECT pg_type': 2, 'SELECT nowhere': 2 },
    errors: [
      ['SELECT nowhere', '42P01', '42P01'],
      ['SELECT nowhere', '42P01', '42P01'],
    ],
    pool: { max: 4 },
  },
  {
    name: 'mongodb',
    system: 'mongodb',
    spans: { 'insert payments': 2, 'find payments': 3, 'getMore payments': 1, 'save orders': 1, 'insert orders': 1 },
    errors: [
      ['insert payments', '11000', '11000'],
      ['find payments', '2', '2'],
      ['connect', 'MongoServerSelectionError'],
    ],
    pool: { max: 5 },
  },
]
