'use strict'
const http = require('node:http')

module.exports = async ({ Server }, { io }) => {
  const server = http.createServer()
  const sockets = new Server(server)
  sockets.on('connection', (socket) => {
    socket.on('order', (item, confirm) => {
      console.log('ordered', item)
      socket.emit('paid', item)
      confirm('confirmed')
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = io(`http://127.0.0.1:${server.address().port}`, { transports: ['websocket'] })
  const paid = new Promise((resolve) => client.on('paid', resolve))
  console.log(await new Promise((resolve) => client.emit('order', 'book', resolve)))
  console.log('paid', await paid)
  client.close()
  await new Promise((resolve) => sockets.close(resolve))
}
