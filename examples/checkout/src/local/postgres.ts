import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import { serveParent } from './lifetime.ts'

// A connection that was closed is still counted while its replacement comes in.
const MAX_CONNECTIONS = 8

async function serve(): Promise<void> {
  const db = await PGlite.create()
  const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: MAX_CONNECTIONS })
  await server.start()
  // The data lives in memory: there is nothing to save at the end.
  serveParent({ url: `postgres://postgres@${server.getServerConn()}/postgres` }, () => server.stop())
}

serve().catch((error: unknown) => {
  process.stderr.write(`The local database does not start: ${String(error)}\n`)
  process.exit(1)
})
