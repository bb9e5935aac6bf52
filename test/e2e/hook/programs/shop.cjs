const http = require('node:http')
const express = require('express')
const { serveOnce } = require('./shop-client.cjs')

const app = express()
app.get('/price/:item', (request, response) => {
  response.json({ item: request.params.item, cents: 1250 })
})
serveOnce(http.createServer(app), http)
