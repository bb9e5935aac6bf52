'use strict'
const http = require('node:http')

// What every application answers, in the order in which it is asked.
const PATHS = ['/users/7', '/refuse', '/fail', '/nowhere']

/** Sends one request to a port of this machine and resolves with status and body. */
function ask(port, path) {
  return new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port, path }, (response) => {
        let body = ''
        response.on('data', (chunk) => (body += chunk))
        response.on('end', () => resolve({ status: response.statusCode, body }))
      })
      .on('error', reject)
  })
}

/** Asks for every path, prints the answers and closes the server. */
async function visit(server, paths = PATHS) {
  const { port } = server.address()
  for (const path of paths) {
    const { status, body } = await ask(port, path)
    console.log(path, status, body)
  }
  await new Promise((resolve) => {
    server.close(resolve)
    server.closeAllConnections()
  })
}

/** Listens on a free port of this machine. */
function listen(server) {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

module.exports = { ask, listen, visit }
