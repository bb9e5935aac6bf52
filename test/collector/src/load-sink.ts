import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// A backend that takes everything and looks at nothing, in a process of its own: the collector is what is measured.
const server = createServer((request, response) => {
  request.resume().once('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end())
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
