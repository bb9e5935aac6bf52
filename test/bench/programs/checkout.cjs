const http = require('node:http')
const express = require('express')
const { Pool } = require('pg')
const answerCpu = require('./cpu.cjs')

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 8 })
const agent = new http.Agent({ keepAlive: true, maxSockets: 16 })

// Stands for the provider that a payment service calls: as cheap as an answer can be.
const provider = http.createServer((request, response) =>
  request.url.startsWith('/v1/payment_intents') ? answerPayment(request, response) : response.end('{"ok":true}'),
)

// Each with an id of its own: what is known of a payment is told once.
let payments = 0
const answerPayment = (request, response) => {
  const id = `pi_${++payments}`
  const sum = { amount: 4999, currency: 'eur', amount_received: 4999 }
  response.setHeader('content-type', 'application/json')
  response.setHeader('request-id', `req_${payments}`)
  request.resume().on('end', () => {
    response.end(JSON.stringify({ id, object: 'payment_intent', livemode: false, status: 'succeeded', ...sum }))
  })
}

const callProvider = () =>
  new Promise((resolve, reject) => {
    const request = http.get(
      { host: '127.0.0.1', port: process.env.PROVIDER_PORT, path: '/v1/charges', agent },
      (response) => {
        response.resume().on('end', resolve)
      },
    )
    request.on('error', reject)
  })

const app = express()
app.get('/cpu', (request, response) => answerCpu(response))
app.get('/pay/:id', async (request, response) => {
  const { rows } = await pool.query('SELECT $1::int AS id', [Number(request.params.id)])
  await callProvider()
  await pool.query('SELECT $1::text AS status', ['paid'])
  response.json({ id: rows[0].id })
})

if (process.argv[2] === 'provider')
  provider.listen(0, '127.0.0.1', () => console.log(`ready ${provider.address().port}`))
else {
  const server = app.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
}
