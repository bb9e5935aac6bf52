import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { DemoError } from './demo-error.ts'

/** A place of the demo's own in somebody's database. */
export interface OwnSchema {
  /** The address with the schema as its search path: tables are made and looked for there. */
  readonly url: string
  /** Deletes the schema with all that is in it. Never rejects. */
  remove(): Promise<void>
}

const CONNECT_MILLIS = 5000

/**
 * Makes a schema in the database at `databaseUrl`, so that the service's tables come near nobody's own.
 *
 * @throws {DemoError} if there is no connection or no right to make one; the message has no part of the URL.
 */
export async function createOwnSchema(databaseUrl: string): Promise<OwnSchema> {
  const name = `plutus_demo_${randomBytes(6).toString('hex')}`
  await run(databaseUrl, `CREATE SCHEMA ${name}`)
  const url = new URL(databaseUrl)
  url.searchParams.set('options', `-c search_path=${name}`)
  return {
    url: url.href.replaceAll('+', '%20'), // the driver decodes a percent sign, not a plus
    remove: async () => {
      await run(databaseUrl, `DROP SCHEMA IF EXISTS ${name} CASCADE`).catch(() => undefined)
    },
  }
}

async function run(databaseUrl: string, statement: string): Promise<void> {
  if (!URL.canParse(databaseUrl) || !/^postgres(?:ql)?:$/.test(new URL(databaseUrl).protocol)) {
    throw new DemoError('DATABASE_URL must be a URL such as postgres://user@localhost:5432/database')
  }
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_MILLIS })
  client.on('error', () => undefined) // a connection that breaks later fails its query
  try {
    await client.connect()
    await client.query(statement)
  } catch (error) {
    throw new DemoError(
      `DATABASE_URL: no use of that PostgreSQL (${reasonOf(error)}). ` +
        'Start it, correct the variable, or unset it for the built-in one.',
      { cause: error },
    )
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** The code of a failure: the driver's messages hold host and user names. */
function reasonOf(error: unknown): string {
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error
  const { code, message } = inner as NodeJS.ErrnoException
  return code ?? (/timeout/i.test(message) ? 'no answer in time' : 'refused')
}
