import { randomBytes } from 'node:crypto'
import { services } from './services.ts'

/** A database that nobody else uses. */
export interface OwnDatabase {
  readonly url: string
  /** Runs a statement in it and gives its rows. */
  ask(statement: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Removes it, whoever is connected. */
  drop(): Promise<void>
}

/**
 * Makes a database of its own on the PostgreSQL server of the tests. A service of the examples starts on it in a second,
 * and in five without, with a PostgreSQL in memory.
 *
 * @throws {Error} if there is no server; `services.postgres` tells.
 */
export async function createDatabase(): Promise<OwnDatabase> {
  const name = `plutus_test_${randomBytes(6).toString('hex')}`
  const own = new URL(services.postgres.url)
  own.pathname = `/${name}`
  await ask(services.postgres.url, `CREATE DATABASE ${name}`)
  return {
    url: own.href,
    ask: (statement) => ask(own.href, statement),
    drop: async () => {
      await ask(services.postgres.url, `DROP DATABASE ${name} WITH (FORCE)`)
    },
  }
}

async function ask(connectionString: string, statement: string): Promise<Record<string, unknown>[]> {
  // Not before it is needed: tests of instrumentations load the library themselves, under what they test.
  const { Client } = await import('pg')
  const client = new Client({ connectionString })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end()
  }
}
