'use strict'
const http = require('node:http')

// Version 2 and 3 of the client differ in how they are opened; `open` hides that.
module.exports = async ({ connect, headers, jetStream }) => {
  const prefix = process.env.SUBJECT_PREFIX
  const nc = await connect({ servers: process.env.NATS_URL })

  const server = http.createServer((_req, res) => res.end('stored'))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const store = () =>
    new Promise((resolve, reject) => {
      http
        .get({ port: server.address().port, path: '/store' }, (res) => res.resume().on('end', resolve))
        .on('error', reject)
    })

  // A worker with a callback: answers, and fails on request.
  nc.subscribe(`${prefix}.quote.*`, {
    queue: 'workers',
    callback: async (error, message) => {
      const text = new TextDecoder().decode(message.data)
      if (text === 'fail') throw new Error('no quote')
      if (text === 'silence') return
      await store()
      message.respond(`quote for ${text}`)
    },
  })

  // A loop that is started beside the rest.
  const seen = []
  const unfinished = []
  const loop = (async () => {
    for await (const message of nc.subscribe(`${prefix}.orders.>`, { max: 3 })) {
      await store()
      unfinished.push(new Promise((resolve) => setTimeout(resolve, 30)).then(store))
      seen.push(
        `${message.subject.slice(prefix.length)} ${new TextDecoder().decode(message.data)} ${message.headers?.get('shop') || '-'}`,
      )
    }
  })()
  await nc.flush()

  const own = headers()
  own.set('shop', 'berlin')
  const options = { headers: own }
  nc.publish(`${prefix}.orders.42.created`, 'book', options)
  console.log([...own].join(), Object.keys(options).join(), options.headers === own)
  const foreign = headers()
  foreign.set('traceparent', '00-11111111111111111111111111111111-2222222222222222-01')
  nc.publish(`${prefix}.orders.43.created`, new TextEncoder().encode('pen'), { headers: foreign })
  nc.publish(`${prefix}.orders.44.created`)
  await loop
  await Promise.all(unfinished)
  console.log(seen.join('\n'))

  console.log(new TextDecoder().decode((await nc.request(`${prefix}.quote.7`, 'book', { timeout: 5000 })).data))
  console.log(
    new TextDecoder().decode((await nc.request(`${prefix}.quote.8`, 'pen', { timeout: 5000, noMux: true })).data),
  )
  const failure = (error) => console.log(error.name, error.code, error.message.replaceAll(prefix, ''))
  await nc.request(`${prefix}.nobody`, 'book', { timeout: 5000 }).catch(failure)
  await nc.request(`${prefix}.quote.9`, 'silence', { timeout: 50 }).catch(failure)
  const unhandled = new Promise((resolve) => process.once('unhandledRejection', resolve))
  nc.publish(`${prefix}.quote.10`, 'fail')
  console.log('unhandled', (await unhandled).message)
  const answers = await nc.requestMany(`${prefix}.quote.11`, 'both', {
    strategy: 'count',
    maxMessages: 1,
    maxWait: 5000,
  })
  for await (const answer of answers) console.log('one of many', new TextDecoder().decode(answer.data))

  // As large as the server takes: with the trace context it would be too large.
  const large = nc.subscribe(`${prefix}.large`, { max: 1 })
  nc.publish(`${prefix}.large`, new Uint8Array(nc.info.max_payload))
  for await (const message of large) console.log(message.data.length === nc.info.max_payload)
  try {
    nc.publish('', 'nowhere')
  } catch (error) {
    console.log(error.name)
  }

  const { client, manager } = await jetStream(nc)
  const stream = prefix.replaceAll('.', '_')
  await manager.streams.add({ name: stream, subjects: [`${prefix}.paid.>`], storage: 'memory' })
  await manager.consumers.add(stream, { durable_name: 'ledger', ack_policy: 'explicit' })
  console.log(
    (await client.publish(`${prefix}.paid.1`, 'one')).seq,
    (await client.publish(`${prefix}.paid.2`, 'two')).seq,
  )
  const consumer = await client.consumers.get(stream, 'ledger')
  for await (const message of await consumer.fetch({ max_messages: 1, expires: 2000 })) {
    await store()
    console.log('ledger', message.seq)
    message.ack()
  }
  await new Promise((resolve) => {
    void consumer.consume({
      callback: (message) => {
        console.log('ledger', message.seq)
        message.ack()
        resolve()
      },
    })
  })
  await nc.flush()
  await manager.streams.delete(stream)
  await nc.drain()
  server.close()
  server.closeAllConnections()
}
