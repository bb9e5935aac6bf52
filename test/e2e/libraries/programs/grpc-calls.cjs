'use strict'
const path = require('node:path')

module.exports = async (grpc, { loadSync }) => {
  const { shop } = grpc.loadPackageDefinition(loadSync(path.join(__dirname, 'shop.proto')))
  const server = new grpc.Server()
  server.addService(shop.Prices.service, {
    Find({ request }, callback) {
      if (request.name === 'nothing') callback({ code: grpc.status.NOT_FOUND, details: 'no such item' })
      else callback(null, { cents: 1250 })
    },
  })
  const port = await new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    )
  })
  const client = new shop.Prices(`127.0.0.1:${port}`, grpc.credentials.createInsecure())
  const find = (name) => new Promise((resolve) => client.Find({ name }, (error, price) => resolve({ error, price })))
  console.log((await find('book')).price)
  const { error } = await find('nothing')
  console.log(error.code, error.details)
  client.close()
  await new Promise((resolve) => server.tryShutdown(resolve))
}
