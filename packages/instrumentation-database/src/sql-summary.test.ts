import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { summarizeSql } from './sql-summary.ts'
import type { SqlSummary } from './sql-summary.ts'

const standard = (text: string): SqlSummary => summarizeSql(text, 'standard')

it.each<[string, string, SqlSummary]>([
  [
    'a select',
    'select * from users where id = $1',
    { operation: 'SELECT', collection: 'users', summary: 'SELECT users' },
  ],
  ['a select without a table', 'SELECT 1', { operation: 'SELECT' }],
  [
    'a qualified and quoted name',
    'SELECT * FROM "Shop"."Orders" o',
    { operation: 'SELECT', collection: 'Shop.Orders', summary: 'SELECT Shop.Orders' },
  ],
  ['a join', 'SELECT * FROM a JOIN b ON a.id = b.id', { operation: 'SELECT', summary: 'SELECT a b' }],
  ['a list of tables', 'SELECT * FROM a x, b AS y WHERE x.c IN (1, 2)', { operation: 'SELECT', summary: 'SELECT a b' }],
  [
    'the same table twice',
    'SELECT * FROM a JOIN a b ON true',
    { operation: 'SELECT', collection: 'a', summary: 'SELECT a' },
  ],
  [
    'a subquery',
    'SELECT * FROM a WHERE id IN (SELECT a_id FROM b)',
    { operation: 'SELECT', summary: 'SELECT a SELECT b' },
  ],
  [
    'brackets around it',
    '(SELECT 1 FROM a) UNION (SELECT 2 FROM b)',
    { operation: 'SELECT', summary: 'SELECT a SELECT b' },
  ],
  [
    'an insert',
    'INSERT INTO payments (id, values) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET x = 1',
    { operation: 'INSERT', collection: 'payments', summary: 'INSERT payments' },
  ],
  ['an insert from a select', 'insert into b select * from a', { operation: 'INSERT', summary: 'INSERT b SELECT a' }],
  ['an update', 'UPDATE ONLY a SET x = 1', { operation: 'UPDATE', collection: 'a', summary: 'UPDATE a' }],
  ['a delete', 'DELETE FROM a USING b WHERE 1=1', { operation: 'DELETE', summary: 'DELETE a b' }],
  [
    'a common table expression, which is no table',
    'WITH recent (id) AS (SELECT id FROM orders), more AS (SELECT 1) DELETE FROM cart USING recent, more',
    { operation: 'DELETE', summary: 'SELECT orders SELECT DELETE cart' },
  ],
  ['a lock', 'SELECT * FROM a FOR UPDATE', { operation: 'SELECT', collection: 'a', summary: 'SELECT a' }],
  ['a function as a source', 'SELECT * FROM generate_series(1, 10) g', { operation: 'SELECT' }],
  [
    'FROM in a function',
    'SELECT EXTRACT(day FROM created) FROM a WHERE b IS DISTINCT FROM c',
    { operation: 'SELECT', collection: 'a', summary: 'SELECT a' },
  ],
  [
    'data definition',
    'CREATE TABLE IF NOT EXISTS a (id int)',
    { operation: 'CREATE TABLE', collection: 'a', summary: 'CREATE TABLE a' },
  ],
  [
    'a temporary table',
    'CREATE TEMP TABLE a (id int)',
    { operation: 'CREATE TABLE', collection: 'a', summary: 'CREATE TABLE a' },
  ],
  ['a view', 'CREATE OR REPLACE MATERIALIZED VIEW v AS SELECT 1', { operation: 'CREATE VIEW' }],
  ['a setting', "ALTER SYSTEM SET x = 'secret'", { operation: 'ALTER' }],
  ['an index', 'CREATE INDEX i ON a (b)', { operation: 'CREATE INDEX' }],
  ['a transaction', 'BEGIN', { operation: 'BEGIN' }],
  [
    'an explanation',
    'EXPLAIN (ANALYZE, BUFFERS) UPDATE a SET b = 1',
    { operation: 'EXPLAIN', collection: 'a', summary: 'EXPLAIN UPDATE a' },
  ],
  ['a call', 'CALL settle($1)', { operation: 'CALL', procedure: 'settle', summary: 'CALL settle' }],
  ['the first of several statements', 'BEGIN; DELETE FROM a', { operation: 'BEGIN' }],
  [
    'comments',
    '-- from x\n/* from /* y */ z */ SELECT 1 FROM /* */ a',
    { operation: 'SELECT', collection: 'a', summary: 'SELECT a' },
  ],
  [
    'a dollar-quoted text',
    'SELECT $x$ from b $x$ FROM a',
    { operation: 'SELECT', collection: 'a', summary: 'SELECT a' },
  ],
  [
    'an array',
    "SELECT 1 FROM a WHERE b = ARRAY['x]y', 'from c']",
    { operation: 'SELECT', collection: 'a', summary: 'SELECT a' },
  ],
  ['nothing', '', {}],
  ['what is no SQL', '4242424242424242', {}],
  ['a word that is no verb', 'hunter2 from users', {}],
])('summarises %s', (_what, text, summary) => {
  expect(standard(text)).toEqual(summary)
})

it('reads the quotes of MySQL', () => {
  expect(summarizeSql("SELECT \"from x\", 'it\\'s from y' FROM `a` # from z", 'mysql')).toEqual({
    operation: 'SELECT',
    collection: 'a',
    summary: 'SELECT a',
  })
})

it('reads the quotes of SQL Server', () => {
  expect(summarizeSql('SELECT [from] FROM [dbo].[Order Lines]', 'mssql').collection).toBe('dbo.Order Lines')
})

it('keeps a summary within 255 characters', () => {
  const tables = Array.from({ length: 60 }, (_, index) => `table_${index}`)
  const { summary, collection } = standard(`SELECT * FROM ${tables.join(', ')}`)
  expect(summary?.length).toBeLessThanOrEqual(255)
  expect(summary).toMatch(/^SELECT table_0 table_1 /)
  expect(collection).toBeUndefined()
})

it('takes no literal for a name', () => {
  const literal = fc
    .array(
      fc.constantFrom('from secret', ' ', 'join secret', 'into secret', '"', '(', ')', ',', ';', '--', '/*', '`', '['),
    )
    .map((parts) => `'${parts.join('')}'`)
  const place = fc.constantFrom(
    (value: string) => `SELECT ${value} FROM a WHERE b = ${value}`,
    (value: string) => `INSERT INTO a VALUES (${value}, ${value})`,
    (value: string) => `UPDATE a SET b = ${value} WHERE c IN (${value})`,
    (value: string) => `DELETE FROM a WHERE b = ${value} OR c LIKE ${value}`,
  )
  fc.assert(
    fc.property(place, literal, fc.constantFrom('standard', 'mysql', 'mssql' as const), (fill, value, dialect) => {
      const { collection, summary } = summarizeSql(fill(value), dialect)
      expect(collection).toBe('a')
      expect(summary).not.toContain('secret')
    }),
  )
})

it('reads any text', () => {
  const word = fc.constantFrom(
    'select',
    'from',
    'with',
    'as',
    '(',
    ')',
    ',',
    ';',
    "'",
    '"',
    '`',
    '$$',
    '--',
    '/*',
    '*/',
    '.',
    'a',
    ' ',
  )
  fc.assert(
    fc.property(
      fc.array(word, { maxLength: 40 }),
      fc.constantFrom('standard', 'mysql', 'mssql' as const),
      (parts, dialect) => {
        expect(summarizeSql(parts.join(''), dialect)).toBeTypeOf('object')
      },
    ),
  )
})
