const step = require('./outcome.cjs')
const { called, emitted } = step

const CLOSED_PORT = 1

module.exports = async (mysql) => {
  const url = new URL(process.env.MYSQL_URL)
  const options = {
    host: url.hostname,
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1),
  }
  const connection = mysql.createConnection(options)
  connection.on('error', () => undefined)
  await step(
    'temporary table',
    async () =>
      Object.keys(await called((done) => connection.query('CREATE TEMPORARY TABLE ledger (id int PRIMARY KEY)', done)))
        .length,
  )
  await step('callback', () => called((done) => connection.query('SELECT ? AS n', [1], done)))
  await step('options', () => called((done) => connection.query(Object.freeze({ sql: 'SELECT 2 AS n' }), done)))
  await step('events', () => emitted(connection.query('SELECT 3 AS n')))
  await step('events and values', async () => {
    const rows = []
    await emitted(connection.query('SELECT ? AS n', [4]).on('result', (row) => rows.push(row)))
    return rows
  })
  await step('what the callback is called on', () =>
    called((done) =>
      connection.query('SELECT 5 AS n', function (error) {
        done(error, this?.constructor?.name)
      }),
    ),
  )
  await step(
    'insert',
    async () => (await called((done) => connection.query('INSERT INTO ledger VALUES (?)', [1], done))).affectedRows,
  )
  await step('insert again', () => called((done) => connection.query('INSERT INTO ledger VALUES (?)', [1], done)))
  await step('unknown table', () => called((done) => connection.query('SELECT * FROM nowhere', done)))
  await step('unknown table, by events', () => emitted(connection.query('SELECT * FROM nowhere')))
  await step('no query', () => called((done) => connection.query(undefined, done)))
  connection.end()
  await step('refused', () =>
    called((done) => mysql.createPool({ ...options, host: '127.0.0.1', port: CLOSED_PORT }).query('SELECT 1', done)),
  )

  const pool = mysql.createPool({ ...options, connectionLimit: 3 })
  await step('pool', () => called((done) => pool.query('SELECT 6 AS n', done)))
  await step('pool, by events', () => emitted(pool.query('SELECT 7 AS n')))
  await require('./wait.cjs')()
  await called((done) => pool.end(done))
}
