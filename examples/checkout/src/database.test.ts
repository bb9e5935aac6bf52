import { createDatabase, services } from '@plutus/test-kit'
import { pino } from 'pino'
import { afterEach, expect, it } from 'vitest'
import { inTransaction, migrate, openDatabase } from './database.ts'

const POSTGRES = services.postgres.available ? 'PostgreSQL' : `PostgreSQL: ${services.postgres.reason}`
const TIMEOUT = { timeout: 30_000 }
const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

const open = async () => {
  const { url, drop } = await createDatabase()
  const pool = openDatabase({ url, maxConnections: 5, log: pino({ level: 'silent' }) })
  closers.push(drop, () => pool.end())
  return pool
}

it.skipIf(!services.postgres.available)(
  `brings the schema up to date once, whoever asks (${POSTGRES})`,
  TIMEOUT,
  async () => {
    const pool = await open()
    await Promise.all(Array.from({ length: 5 }, () => migrate(pool)))
    await migrate(pool)
    expect((await pool.query('SELECT version FROM schema_version')).rows).toEqual([{ version: 1 }])
  },
)

it.skipIf(!services.postgres.available)(
  `undoes what fails half-way, and can go on (${POSTGRES})`,
  TIMEOUT,
  async () => {
    const pool = await open()
    await pool.query('CREATE TABLE notes (text text)')
    const fails = inTransaction(pool, async (client) => {
      await client.query("INSERT INTO notes VALUES ('half')")
      await client.query('SELECT 1 / 0')
    })
    await expect(fails).rejects.toMatchObject({ code: '22012' })
    await inTransaction(pool, (client) => client.query("INSERT INTO notes VALUES ('whole')"))
    expect((await pool.query('SELECT text FROM notes')).rows).toEqual([{ text: 'whole' }])
    expect(pool.idleCount).toBe(pool.totalCount)
  },
)
