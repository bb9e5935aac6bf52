const { trace } = require('@opentelemetry/api')
const mysql = require('mysql2/promise')

async function main() {
  const seen = []
  const connection = await mysql.createConnection(process.env.MYSQL_URL)
  await trace.getTracer('shop').startActiveSpan('unit of work', async (span) => {
    seen.push((await connection.query('SELECT ? AS one', [1]))[0])
    seen.push((await connection.execute('SELECT ? AS two', ['2']))[0])
    span.end()
  })
  for (const sql of ['SELECT * FROM no_such_table', 'SELEC 1']) {
    seen.push(await connection.query(sql).catch((error) => error.code))
  }
  await connection.end()
  process.stdout.write(`${JSON.stringify(seen)}\n`)
}
void main()
