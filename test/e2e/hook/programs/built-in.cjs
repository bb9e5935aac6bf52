/* oxlint-disable unicorn/prefer-node-protocol -- both spellings are tried */
// Makes one request by node:http, reached in the way that the argument names.
const ways = {
  'require http': () => require('http'),
  'require node:http': () => require('node:http'),
  'process.getBuiltinModule': () => process.getBuiltinModule('http'),
}
const { createServer, get } = ways[process.argv[2]]()
const server = createServer((request, response) => response.end('here'))
server.listen(0, '127.0.0.1', () => {
  get(`http://127.0.0.1:${server.address().port}/`, (response) => {
    response.on('data', (text) => console.log(String(text))).on('end', () => server.close())
  })
})
