const { randomUUID } = require('node:crypto')
const step = require('./outcome.cjs')
const { called } = step

const CLOSED_PORT = 1

module.exports = async (Redis) => {
  const key = `plutus:${randomUUID()}`
  const redis = new Redis(process.env.REDIS_URL)
  await step('before the connection is there', () => redis.set(key, 'a', 'EX', 60))
  await step('get', () => redis.get(key))
  await step('callback', () => called((done) => redis.get(key, done)))
  await step('buffers and numbers', async () => [
    await redis.set(Buffer.from(key), 7),
    String(await redis.getBuffer(key)),
  ])
  await step('wrong type', () => redis.lpush(key, 'x'))
  await step('wrong type, by callback', () => called((done) => redis.lpush(key, 'x', done)))
  await step('unknown command', async () => {
    try {
      return await redis.call('nonsense', 'x')
    } catch ({ name }) {
      return name
    }
  })
  await step('transaction', () => redis.multi().set(key, 'b').get(key).exec())
  await step('pipeline', () => redis.pipeline().set(key, 'c').get(key).exec())
  await step('promise', () => {
    const promise = redis.get(key)
    return promise.then((value) => [value, Object.getPrototypeOf(promise) === Promise.prototype])
  })
  await redis.del(key)
  redis.disconnect()
  await step('after the end', () => redis.get(key))

  const refused = new Redis({ host: '127.0.0.1', port: CLOSED_PORT, retryStrategy: null, lazyConnect: true })
  refused.on('error', () => undefined)
  await step('refused', () => refused.connect())
}
