import { createConnection, createPool } from 'mysql2/promise'
import step from './outcome.cjs'

const uri = process.env.MYSQL_URL
const connection = await createConnection(uri)
await step('query', async () => (await connection.query('SELECT 1 AS n'))[0])
await step('execute', async () => (await connection.execute('SELECT ? AS n', [2]))[0])
await step('unknown table', () => connection.execute('SELECT * FROM nowhere'))
await connection.end()
const pool = createPool(uri)
await step('pool', async () => (await pool.query('SELECT 3 AS n'))[0])
await pool.end()
await step('refused', () => createConnection({ host: '127.0.0.1', port: 1, database: 'd' }))
