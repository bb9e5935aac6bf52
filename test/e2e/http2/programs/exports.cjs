'use strict'
const { once } = require('node:events')
const http2 = require('node:http2')

/** One request, and then a service that idles while its telemetry is sent. */
async function main() {
  const server = http2.createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const session = http2.connect(`http://127.0.0.1:${server.address().port}`)
  await once(session.request({ ':path': '/own' }).resume(), 'close')
  process.stdin.resume()
  await once(process.stdin, 'end')
  session.close()
  server.close()
}
void main()
