'use strict'

module.exports = async ({ DataLoader, genericPool, memoizer, kafka }) => {
  const loader = new DataLoader(async (keys) =>
    keys.map((key) => (key === 'x' ? new Error('no x') : `value of ${key}`)),
  )
  console.log(await Promise.all([loader.load('a'), loader.load('b'), loader.load('a')]))
  console.log((await loader.loadMany(['c', 'x'])).map(String))

  let made = 0
  const pool = genericPool.createPool({ create: async () => ++made, destroy: async () => undefined }, { max: 2 })
  const [one, two] = await Promise.all([pool.acquire(), pool.acquire()])
  await pool.release(one)
  console.log(one, two, await pool.use(async (resource) => resource))
  await pool.release(two)
  await pool.drain()
  await pool.clear()

  const cached = memoizer({
    load: (key, callback) =>
      setImmediate(() => (key === 'x' ? callback(new Error('no x')) : callback(null, `loaded ${key}`))),
    hash: (key) => key,
    max: 10,
  })
  for (const key of ['a', 'a', 'x']) {
    console.log(await new Promise((resolve) => cached(key, (error, value) => resolve(error?.message ?? value))))
  }

  const { Kafka, logLevel } = kafka
  const client = new Kafka({ brokers: ['127.0.0.1:1'], logLevel: logLevel.NOTHING, retry: { retries: 0 } })
  const producer = client.producer()
  await producer.connect().catch((error) => console.log(error.name))
  await producer.send({ topic: 'orders', messages: [{ value: 'one' }] }).catch((error) => console.log(error.name))
  const consumer = client.consumer({ groupId: 'shop' })
  await consumer.connect().catch((error) => console.log(error.name))
  await Promise.allSettled([producer.disconnect(), consumer.disconnect()])
}
