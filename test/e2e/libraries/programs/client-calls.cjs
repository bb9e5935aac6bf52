'use strict'
const http = require('node:http')

// Answers with what it was sent, so that the output shows what reached the wire.
const server = http.createServer((req, res) => {
  const { authorization = '-', own = '-' } = req.headers
  console.log(req.method, req.url, authorization, own)
  if (req.url === '/late') return late.abort(new DOMException('It takes too long.', 'TimeoutError'))
  if (req.url === '/hostile') return hostile.abort(unreadable)
  res.statusCode = req.url === '/missing' ? 404 : 200
  res.end('answer')
})

const late = new AbortController()
const hostile = new AbortController()
const unreadable = {
  get name() {
    throw new Error('not to be read')
  },
}

const byHttp = (...args) =>
  new Promise((resolve, reject) => {
    http.get(...args, (response) => response.resume().on('end', resolve)).on('error', reject)
  })

module.exports = async (undici) => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  const url = `http://127.0.0.1:${port}`
  await byHttp(`${url}/http?a=1`)
  await byHttp(`${url}/missing`)
  await byHttp(new URL(`http://us%40er:p%3Ass@127.0.0.1:${port}/credentials`))
  await byHttp(`${url}/undefined`, undefined)
  await byHttp({ port, path: '/pairs', headers: ['Host', 'localhost', 'Own', 'yes'] })
  console.log((await fetch(`${url}/fetch`, { method: 'POST', body: 'text', headers: { own: 'yes' } })).status)
  console.log((await undici.request(`${url}/undici`)).statusCode)
  await fetch(`${url}/late`, { signal: late.signal }).catch((error) => console.log(error.name))
  await fetch(`${url}/hostile`, { signal: hostile.signal }).catch((error) => console.log(error === unreadable))
  server.close()
  server.closeAllConnections()
  await byHttp(`${url}/refused`, { agent: false }).catch((error) => console.log(error.code))
  await fetch(`${url}/refused`).catch((error) => console.log(error.cause.code))
  await undici.getGlobalDispatcher().close()
}
