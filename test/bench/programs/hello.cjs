const http = require('node:http')
const answerCpu = require('./cpu.cjs')

const server = http.createServer((request, response) => {
  if (request.url === '/cpu') return answerCpu(response)
  return response.end('hello')
})
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
