import http from 'node:http'
import express from 'express'
import { serveOnce } from './shop-client.cjs'

const app = express()
app.get('/price/:item', (request, response) => {
  response.json({ item: request.params.item, cents: 1250 })
})
serveOnce(http.createServer(app), http)
