import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maskSql } from './sql.ts'
import { maskStatement } from './statement.ts'

describe('a statement of SQL', () => {
  it.each([
    ['texts and numbers', "SELECT * FROM t WHERE a = 'x' AND b = 5", 'SELECT * FROM t WHERE a = ? AND b = ?'],
    ['a doubled quote', "INSERT INTO t VALUES ('it''s', 1)", 'INSERT INTO t VALUES (?, ?)'],
    ['a text that does not end', "SELECT 'abc", 'SELECT ?'],
    ['comments', 'SELECT a -- x\nFROM t /* y */ # z', 'SELECT a ?\nFROM t ? ?'],
    ['nested comments', 'SELECT a /* x /* y */ z */ FROM t', 'SELECT a ? FROM t'],
    ['a text behind E', "SELECT E'a\\'b', c", 'SELECT ?, c'],
    ['dollar quotes', 'SELECT $a$ secret $a$, $$b$$', 'SELECT ?, ?'],
    ['numbers with signs, points and exponents', 'SELECT -1.5e-3, .5, 0x1F, 1E+2', 'SELECT -?, ?, ?, ?'],
    ['double quotes that hold a value', 'SELECT * FROM t WHERE a = "x"', 'SELECT * FROM t WHERE a = ?'],
  ])('loses %s', (_what, sql, expected) => {
    expect(maskSql(sql)).toBe(expected)
  })

  it.each([
    ['parameters', 'SELECT a FROM t1 WHERE b = $1 AND c = ? AND d = :name AND e = @p1'],
    ['digits in names', 'SELECT col2, t3.c4 FROM t3'],
    ["PostgreSQL's quoted names", 'SELECT "a"."b" FROM "a" WHERE "c" = $1'],
    ["MySQL's quoted names", 'SELECT `a 1` FROM `b`'],
    ['casts and operators', 'SELECT a::int, b #> c, d -> e FROM t WHERE f IS NULL'],
  ])('keeps %s', (_what, sql) => {
    expect(maskSql(sql)).toBe(sql)
  })

  it.each(['postgresql', 'mysql', undefined] as const)('has no value left in the dialect %s', (dialect) => {
    const value = fc.string({ unit: fc.constantFrom('s', "'", '"', '\\', '-', '/', '*', '#', '$', ' ', ';', '`') })
    fc.assert(
      fc.property(value, value, (before, after) => {
        const raw = `${before}SECRET${after}`
        const quoted = dialect === 'postgresql' ? raw.replaceAll("'", "''") : raw.replaceAll(/[\\']/g, '\\$&')
        expect(maskSql(`SELECT a FROM t WHERE b = '${quoted}' AND c = 1`, dialect)).not.toContain('SECRET')
      }),
    )
  })

  it('cannot be misled by a value about where a text ends in the other dialect', () => {
    const sql = "SELECT * FROM t WHERE a = 'x\\' AND b = 'SECRET' AND c = 'y'"
    expect(maskSql(sql)).not.toContain('SECRET')
  })

  it('is cut after 4,096 characters, and a literal that the cut hits is lost whole', () => {
    const masked = maskSql(`SELECT '${'s'.repeat(10_000)}'`)
    expect(masked).toBe('SELECT ?…')
    const long = `SELECT ${'a, '.repeat(3000)}`
    expect(maskSql(long)).toHaveLength(4097)
    expect(maskSql(maskSql(long))).toBe(maskSql(long))
  })

  it('is the same when it is masked again', () => {
    const sql = fc.string({
      unit: fc.constantFrom('a', '1', "'", '"', '\\', '-', '/', '*', '#', '$', '\n', '`', '?', ':'),
    })
    fc.assert(
      fc.property(sql, (text) => {
        expect(maskSql(maskSql(text))).toBe(maskSql(text))
      }),
    )
  })
})

describe('a statement of any system', () => {
  it.each([
    ['SET session:9f3c secret', 'SET session:? ?'],
    ['SET config timezone=utc', 'SET config ?'],
    ['MULTI SET cart:1 x', 'MULTI SET cart:? ?'],
    ['GET 4f3a', 'GET ?'],
    ['AUTH user hunter2', 'AUTH ? ?'],
    ['HSET user:1 name bob [2 other arguments]', 'HSET user:? ? ? [2 other arguments]'],
    ["SET TIME ZONE 'UTC'", 'SET TIME ZONE ?'],
    ["SET search_path = 'a'", 'SET search_path = ?'],
    ["COPY t FROM '/tmp/x'", 'COPY t FROM ?'],
    ['{"find":"users","filter":{"email":"a"},"limit":5}', '{"find":"?","filter":{"email":"?"},"limit":"?"}'],
    ['{ find: "users", filter: ObjectId("5f") }', '{ find: ?, filter: ObjectId(?) }'],
  ])('%s', (text, expected) => {
    expect(maskStatement(text)).toBe(expected)
    expect(maskStatement(expected)).toBe(expected)
  })
})
