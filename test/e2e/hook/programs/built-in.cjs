/* oxlint-disable unicorn/prefer-node-protocol -- both spellings are tried */
// Makes a request by node:http for each argument, which names the way in which it is reached.
const ways = {
  'require http': () => require('http'),
  'require node:http': () => require('node:http'),
  'process.getBuiltinModule': () => process.getBuiltinModule('http'),
}
async function main() {
  for (const way of process.argv.slice(2)) {
    const { createServer, get } = ways[way]()
    await new Promise((resolve) => {
      const server = createServer((request, response) => response.end('here')).once('close', resolve)
      server.listen(0, '127.0.0.1', () => {
        get(`http://127.0.0.1:${server.address().port}/`, (response) => {
          response.on('data', (text) => console.log(String(text))).on('end', () => server.close())
        })
      })
    })
  }
}

void main()
