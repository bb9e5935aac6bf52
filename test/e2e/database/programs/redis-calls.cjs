const { randomUUID } = require('node:crypto')
const step = require('./outcome.cjs')

const CLOSED_PORT = 1

module.exports = async ({ createClient, createClientPool }) => {
  const key = `plutus:${randomUUID()}`
  const url = process.env.REDIS_URL
  const client = createClient({ url })
  client.on('error', () => undefined)
  await client.connect()
  await step('set', () => client.set(key, 'a', { EX: 60 }))
  await step('get', () => client.get(key))
  await step('by hand', () => client.sendCommand(['GET', key]))
  await step('wrong type', () => client.lPush(key, 'x'))
  await step('transaction', () => client.multi().set(key, 'b').get(key).exec())
  await step('pipeline', () => client.multi().set(key, 'c').get(key).execAsPipeline())
  await step('empty transaction', () => client.multi().exec())
  await client.del(key)
  await client.close()
  await step('after the end', () => client.get(key))

  const reconnectStrategy = false
  const refused = createClient({ socket: { host: '127.0.0.1', port: CLOSED_PORT, reconnectStrategy } })
  refused.on('error', () => undefined)
  await step('refused', () => refused.connect())

  const pool = createClientPool({ url }, { minimum: 1, maximum: 2 })
  await pool.connect()
  await step('pool', () => pool.get(key))
  await require('./wait.cjs')()
  await pool.close()
}
