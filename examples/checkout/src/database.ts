import { Pool } from 'pg'
import type { PoolClient } from 'pg'
import type { Logger } from 'pino'
import { MIGRATIONS } from './migrations.ts'

// Any number will do, as long as every copy of the service uses it.
const MIGRATION_LOCK = 5_318_008

/** How to reach the database. */
export interface DatabaseOptions {
  readonly url: string
  readonly maxConnections: number
  readonly log: Logger
}

/** Opens a pool of connections. */
export function openDatabase({ url, maxConnections, log }: DatabaseOptions): Pool {
  const pool = new Pool({ connectionString: url, max: maxConnections, connectionTimeoutMillis: 10_000 })
  // A connection that breaks while idle is replaced by the pool; unheard, the event would end the process.
  pool.on('error', (error) => log.error({ err: error }, 'database connection lost'))
  return pool
}

/** Brings the schema up to date; copies of the service that start together take turns. */
export async function migrate(pool: Pool): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
    await client.query('CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL)')
    const { rows } = await client.query<{ version: number | null }>(
      'SELECT max(version) AS version FROM schema_version',
    )
    const current = rows[0]?.version ?? 0
    for (const [at, statements] of MIGRATIONS.entries()) {
      if (at < current) continue
      await client.query(statements)
      await client.query('INSERT INTO schema_version (version) VALUES ($1)', [at + 1])
    }
  })
}

/** Runs `work` in a transaction on one connection, rolled back if it throws. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    client.release()
    return result
  } catch (error) {
    // A connection that cannot even roll back is not put back into the pool.
    const broken = await client.query('ROLLBACK').then(
      () => false,
      () => true,
    )
    client.release(broken)
    throw error
  }
}
