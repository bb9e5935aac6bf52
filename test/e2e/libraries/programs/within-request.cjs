'use strict'
const http = require('node:http')

/** Runs `work` while a request is served, so that a span is active, and resolves when it has been answered. */
module.exports = function withinRequest(work) {
  return new Promise((resolve, reject) => {
    const server = http.createServer((_request, response) => {
      void (async () => {
        try {
          await work()
        } catch (error) {
          console.log('failed', error)
        }
        response.end()
      })()
    })
    server.listen(0, '127.0.0.1', () => {
      http
        .get({ host: '127.0.0.1', port: server.address().port, path: '/work' }, (response) => {
          response.resume().on('end', () => {
            server.close(resolve)
            server.closeAllConnections()
          })
        })
        .on('error', reject)
    })
  })
}
