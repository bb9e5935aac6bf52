'use strict'
const { once } = require('node:events')

const say = (what, ...values) => console.log(what, JSON.stringify(values))

async function listen(server) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server.address().port
}

/** Sends one request; resolves with what came of it. */
function call(session, headers, body) {
  return new Promise((resolve) => {
    const outcome = { text: '' }
    let stream
    try {
      stream = session.request(headers, body === undefined ? undefined : { endStream: false })
    } catch (error) {
      resolve({ thrown: error.code })
      return
    }
    stream.on('response', (answer) => (outcome.status = answer[':status']))
    stream.on('error', (error) => (outcome.error = error.code))
    stream.on('data', (chunk) => (outcome.text += chunk))
    stream.on('close', () => resolve({ ...outcome, rst: stream.rstCode }))
    if (body !== undefined) stream.end(body)
  })
}

/** Every way to serve and to call by HTTP/2, one after the other; prints what an application sees of each. */
module.exports = async ({ http2, https, fastify, logs }) => {
  const { NGHTTP2_INTERNAL_ERROR } = http2.constants
  const open = async (url, options) => {
    const session = http2.connect(url, options)
    session.on('error', () => undefined)
    await once(session, 'connect')
    return session
  }

  // The compatible API, many streams at once over one session.
  const server = http2.createServer((request, response) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', async () => {
      await new Promise((resolve) => setTimeout(resolve, 2))
      logs.getLogger('shop').emit({ body: `handled ${request.url}` })
      const status = request.url === '/broken' ? 500 : 200
      response.writeHead(status, { 'x-answer': 'yes' }).end(`${request.url} ${Buffer.concat(chunks).length}`)
    })
  })
  const port = await listen(server)
  const session = await open(`http://127.0.0.1:${port}`)
  const headers = Object.freeze({ ':path': '/first', ':method': 'POST', 'x-correlation-id': 'order-7' })
  say('compatible', await call(session, headers, 'body'), Object.keys(headers))
  const many = Array.from({ length: 30 }, (_, at) =>
    call(session, { ':path': `/many/${at}`, ':method': 'POST' }, 'x'.repeat(40_000)),
  )
  say(
    'many',
    (await Promise.all(many)).map(({ text }) => text),
  )
  say('broken', await call(session, { ':path': '/broken' }))
  say('no headers', await call(session))
  say('wrong headers', await call(session, null), await call(session, { ':path': '/token', 'no token ': 'x' }))
  say('listeners', server.listenerCount('stream'), server.listenerCount('session'), server.eventNames())
  session.close()
  await new Promise((resolve) => server.close(resolve))

  // The API of streams: answers, pushes, resets, lost sessions.
  const streams = http2.createServer()
  streams.on('stream', (stream, { ':path': path }) => {
    stream.on('error', () => undefined)
    if (path === '/reset') return stream.close(NGHTTP2_INTERNAL_ERROR)
    if (path === '/lost') return stream.session.destroy()
    if (path === '/half') {
      stream.respond({ ':status': 200 })
      return stream.write('half', () => stream.destroy(new Error('broken')))
    }
    if (path === '/file') return stream.respondWithFile(__filename, { 'content-type': 'text/plain' })
    if (path !== '/push') {
      stream.respond(Object.freeze({ ':status': 404 }))
      return stream.end()
    }
    stream.pushStream({ ':path': '/pushed' }, (_error, pushed) => {
      pushed.respond({ ':status': 200 })
      pushed.end('pushed')
      stream.respond({ ':status': 200 })
      stream.end('asked')
    })
  })
  const streamsPort = await listen(streams)
  const other = await open(`http://127.0.0.1:${streamsPort}`)
  const pushed = new Promise((resolve) => {
    other.on('stream', (stream, asked) => {
      stream.resume().on('close', () => resolve(asked[':path']))
    })
  })
  say('missing', await call(other, { ':path': '/missing' }))
  say('pushed', await call(other, { ':path': '/push' }), await pushed)
  say('file', (await call(other, { ':path': '/file' })).text.length > 1000)
  say('reset', await call(other, { ':path': '/reset' }))
  say('half', await call(other, { ':path': '/half' }))
  say('lost', await call(other, { ':path': '/lost' }))
  const closed = call(other, { ':path': '/closed' })
  say('closed', await closed.then(({ thrown, error }) => thrown ?? error))
  await new Promise((resolve) => streams.close(resolve))
  const refused = http2.connect('http://127.0.0.1:1')
  refused.on('error', () => undefined)
  say('refused', await call(refused, { ':path': '/refused' }))

  // TLS, also for HTTP/1 clients.
  const options = { key: process.env.TLS_KEY, cert: process.env.TLS_CERT, allowHTTP1: true }
  const secure = http2.createSecureServer(options, (request, response) => response.end(request.httpVersion))
  const securePort = await listen(secure)
  const ca = process.env.TLS_CA
  const secureSession = await open(`https://localhost:${securePort}`, { ca })
  say('secure', await call(secureSession, { ':path': '/secure', [http2.sensitiveHeaders]: ['x-secret'] }))
  const old = https.get({ host: 'localhost', port: securePort, path: '/old', ca, agent: false })
  const [answer] = await once(old, 'response')
  say('HTTP/1', (await answer.setEncoding('utf8').toArray()).join(''))
  secureSession.close()
  await new Promise((resolve) => secure.close(resolve))

  // A framework on top.
  const app = fastify({ http2: true })
  app.get('/users/:id', (request) => ({ id: request.params.id }))
  await app.listen({ port: 0, host: '127.0.0.1' })
  const appSession = await open(`http://127.0.0.1:${app.server.address().port}`)
  say('fastify', await call(appSession, { ':path': '/users/7' }))
  appSession.close()
  await app.close()
}
