const step = require('./outcome.cjs')
const { called, emitted } = step

const CLOSED_PORT = 1

module.exports = async ({ Client, Pool, Query }) => {
  const connectionString = process.env.DATABASE_URL
  const client = new Client({ connectionString })
  await client.connect()
  await step(
    'temporary table',
    async () => (await client.query('CREATE TEMP TABLE ledger (id int PRIMARY KEY)')).command,
  )

  await step('promise', async () => (await client.query('SELECT 1 AS n')).rows)
  await step('callback', async () => (await called((done) => client.query('SELECT $1::int AS n', [2], done))).rows)
  await step('events', () => emitted(client.query(new Query('SELECT 3 AS n'))).then(({ rowCount }) => rowCount))
  await step(
    'callback in the configuration',
    async () => (await called((callback) => client.query(Object.freeze({ text: 'SELECT 4 AS n', callback })))).rows,
  )
  let reads = 0
  const template = {
    get text() {
      reads += 1
      return 'SELECT 5 AS n'
    },
  }
  await step('a getter', async () => [(await client.query(template)).rows, reads])
  await step('a query object comes back itself', async () => {
    const query = new Query('SELECT 6 AS n')
    const ended = emitted(query)
    const same = client.query(query) === query
    await ended
    return [same, Object.getPrototypeOf(query) === Query.prototype]
  })
  await step('what the callback is called on', () =>
    called((done) =>
      client.query('SELECT 7 AS n', function (error) {
        done(error, this.constructor.name)
      }),
    ),
  )
  await step('insert', async () => (await client.query('INSERT INTO ledger VALUES ($1)', [1])).rowCount)
  await step('insert again', () => client.query('INSERT INTO ledger VALUES ($1)', [1]))
  await step('unknown table', () => client.query('SELECT * FROM nowhere'))
  await step('unknown table, by callback', () => called((done) => client.query('SELECT * FROM nowhere', done)))
  await step('no query', () => client.query(null))
  await step('no callback', () => client.query('SELECT 1', [], 'callback'))
  await step('no text', () => client.query({}))
  await step('a number', () => client.query(7))
  await step('values that are none', () => client.query('SELECT 1', 'values'))
  await step('several statements', async () => (await client.query('SELECT 1; SELECT 2')).length)
  await client.end()
  await step('after the end', () => client.query('SELECT 1'))

  const pool = new Pool({ connectionString, max: 2 })
  await step('pool', async () => (await pool.query('SELECT 8 AS n')).rows)
  await step('many at once', async () => (await Promise.all([1, 2, 3, 4].map(() => pool.query('SELECT 9')))).length)
  await pool.end()
  await step('after the end of the pool', () => pool.query('SELECT 1'))
  await step('refused', () => new Pool({ host: '127.0.0.1', port: CLOSED_PORT, database: 'd' }).query('SELECT 1'))
  const open = new Pool({ connectionString, max: 3 })
  await open.query('SELECT 10')
  await require('./wait.cjs')()
  await open.end()
}
