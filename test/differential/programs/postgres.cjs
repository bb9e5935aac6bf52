const { trace } = require('@opentelemetry/api')
const { Client, Pool } = require('pg')

async function main() {
  const seen = []
  const client = new Client({ connectionString: process.env.DATABASE_URL })
  await client.connect()
  await trace.getTracer('shop').startActiveSpan('unit of work', async (span) => {
    seen.push((await client.query('SELECT $1::int AS one', [1])).rows)
    seen.push((await client.query({ name: 'named', text: 'SELECT 2 AS two' })).rows)
    span.end()
  })
  for (const sql of ['SELECT * FROM no_such_table', 'SELEC 1', 'SELECT 1/0']) {
    seen.push(await client.query(sql).catch((error) => error.code))
  }
  await client.query('BEGIN')
  await client.query('COMMIT')
  await client.end()
  const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 1 })
  await trace.getTracer('shop').startActiveSpan('pooled', async (span) => {
    seen.push((await pool.query('SELECT 3 AS three')).rows)
    span.end()
  })
  await pool.end()
  process.stdout.write(`${JSON.stringify(seen)}\n`)
}
void main()
