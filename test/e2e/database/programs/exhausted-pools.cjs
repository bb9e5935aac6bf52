// A request waits for the only connection of each pool until standard input ends; then all is quiet until it is told.
const { once } = require('node:events')
const { trace } = require('@opentelemetry/api')
const mysql = require('mysql2/promise')
const { Pool } = require('pg')

const POOLS = [
  () => new Pool({ connectionString: process.env.DATABASE_URL, max: 1 }),
  () => mysql.createPool({ uri: process.env.MYSQL_URL, connectionLimit: 1 }),
]

const inSpan = (work) =>
  trace.getTracer('test').startActiveSpan('request', async (span) => {
    await work()
    span.end()
  })

async function exhaust(createPool, release) {
  const pool = createPool()
  const connect = () => (pool.getConnection ?? pool.connect).call(pool)
  const taken = await connect()
  const waiting = connect()
  await release
  taken.release()
  const next = await waiting
  next.release()
  return pool
}

async function main() {
  const release = once(process.stdin, 'data')
  const pools = []
  const work = Promise.all(POOLS.map((create) => inSpan(async () => pools.push(await exhaust(create, release)))))
  console.log('waiting')
  await work
  console.log('released')
  await once(process.stdin, 'end') // the telling of it has arrived
  await Promise.all(pools.map((pool) => pool.end()))
}
void main()
