// Has each driver send the words of WORDS: as literals, as bound values, in keys, and in commands that fail because of them.
import { Redis } from 'ioredis'
import { MongoClient } from 'mongodb'
import mysql from 'mysql'
import mysql2 from 'mysql2/promise'
import { Client } from 'pg'
import { createClient } from 'redis'

const { DATABASE_URL, MYSQL_URL, REDIS_URL, MONGO_URL, WORDS } = process.env
for (const name of ['WORDS', 'DATABASE_URL', 'MYSQL_URL', 'REDIS_URL', 'MONGO_URL']) delete process.env[name]
const [literal, bound, part] = WORDS.split(',')
const failures = []
const attempt = async (call) => {
  try {
    await call()
  } catch (error) {
    failures.push(String(error.message))
  }
}

const runSql = async (query, literalOf = (word) => `'${word}'`) => {
  const mark = literalOf === String ? '$1' : '?'
  await attempt(() => query('CREATE TEMPORARY TABLE canaries (name varchar(40) PRIMARY KEY, n int)'))
  for (const _twice of [1, 2]) {
    await attempt(() => query(`INSERT INTO canaries VALUES ('${literal}', 1) -- ${literal}`))
    await attempt(() => query(`INSERT INTO canaries VALUES (${mark}, 2)`, [bound]))
  }
  await attempt(() => query(`SELECT * FROM canaries WHERE name = '${literal}' OR name = ${mark}`, [bound]))
  await attempt(() => query(`SELECT n FROM canaries WHERE n = '${literal}'::int`))
  await attempt(() => query(`SELECT /* ${part} */ * FROM canaries WHERE name LIKE '%${literal}`))
}

if (DATABASE_URL) {
  const client = new Client({ connectionString: DATABASE_URL })
  await client.connect()
  await runSql((text, values) => client.query(text, values), String)
  await attempt(() => client.query({ name: 'prepared', text: 'SELECT $1::text', values: [bound] }))
  await attempt(() => client.query('SELECT $1::int', [bound]))
  await client.end()
}
if (MYSQL_URL) {
  const connection = await mysql2.createConnection(MYSQL_URL)
  await runSql((text, values) => connection.query(text, values))
  await attempt(() => connection.execute('INSERT INTO canaries VALUES (?, 3)', [bound]))
  await connection.end()
  const older = mysql.createConnection(MYSQL_URL)
  await runSql(
    (text, values) =>
      new Promise((resolve, reject) =>
        older.query(text, values, (error, rows) => (error ? reject(error) : resolve(rows))),
      ),
  )
  await new Promise((resolve) => older.end(resolve))
}
if (REDIS_URL) {
  const client = await createClient({ url: REDIS_URL }).connect()
  const ioredis = new Redis(REDIS_URL)
  const key = `canary:${part}`
  await attempt(() => client.set(key, bound, { EX: 5 }))
  await attempt(() => client.lPush(key, bound))
  await attempt(() => client.multi().set(key, literal).get(key).exec())
  await attempt(() => client.sendCommand(['ECHO', literal]))
  await attempt(() => client.eval('return ARGV[1]', { keys: [key], arguments: [bound] }))
  await attempt(() => client.sendCommand(['NOSUCH', `a:${literal}`, bound]))
  await attempt(() => ioredis.set(key, bound, 'EX', 5))
  await attempt(() => ioredis.lpush(key, bound))
  await attempt(() => ioredis.pipeline().set(key, literal).hset(`${key}:h`, part, bound).del(`${key}:h`).exec())
  await attempt(() => ioredis.call('NOSUCH', `a:${literal}`, bound))
  await attempt(() => ioredis.auth(bound))
  await client.close()
  ioredis.disconnect()
}
if (MONGO_URL) {
  const client = await new MongoClient(MONGO_URL).connect()
  const canaries = client.db('canaries').collection('canaries')
  await attempt(() => canaries.insertOne({ _id: part, name: bound, nested: [{ deep: literal }] }))
  await attempt(() => canaries.insertOne({ _id: part }))
  await attempt(() => canaries.find({ name: bound, _id: { $in: [literal] } }).toArray())
  await attempt(() => canaries.updateOne({ name: literal }, { $set: { name: bound } }))
  await attempt(() => canaries.deleteMany({ name: { $regex: part } }))
  await client.close()
}
process.stdout.write(`${JSON.stringify(failures)}\n`)
