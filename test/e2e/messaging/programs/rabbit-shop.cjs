'use strict'
const http = require('node:http')

module.exports = async (amqplib) => {
  const server = http.createServer((_req, res) => res.end('stored'))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const store = () =>
    new Promise((resolve, reject) => {
      http
        .get({ port: server.address().port, path: '/store' }, (res) => res.resume().on('end', resolve))
        .on('error', reject)
    })
  const connection = await amqplib.connect(process.env.RABBITMQ_URL)
  const channel = await connection.createConfirmChannel()
  const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true })
  // One after the other, so that what is printed has an order.
  await channel.prefetch(1)
  const options = { headers: { shop: 'berlin' } }
  const received = new Promise((resolve) => {
    let count = 0
    void channel.consume(queue, (message) => {
      void (async () => {
        await store()
        console.log(message.content.toString(), message.properties.headers.shop)
        if (message.content.toString() === 'pen') channel.nack(message, false, false)
        else channel.ack(message)
        if (++count === 2) resolve()
      })()
    })
  })
  channel.sendToQueue(queue, Buffer.from('book'), options)
  channel.sendToQueue(queue, Buffer.from('pen'), options)
  await channel.waitForConfirms()
  await received
  console.log(JSON.stringify(options))
  console.log(await channel.get(queue))
  await channel.close()
  await connection.close()
  server.close()
  server.closeAllConnections()
}
