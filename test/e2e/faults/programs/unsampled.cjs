// Serves as many requests as its argument says, each with a query and a call of its own; three queries take long.
const { createServer, request } = require('node:http')
const { once } = require('node:events')
const { Pool } = require('pg')

const total = Number(process.argv[2])
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 4 })
const call = async (port, path) => {
  const [response] = await once(request({ port, path, host: '127.0.0.1', agent: false }).end(), 'response')
  response.resume()
  await once(response, 'end')
}
const server = createServer(async (req, res) => {
  if (req.url !== '/leaf') {
    await pool.query('SELECT 1')
    if (Number(req.url.slice(1)) < 3) await pool.query('SELECT pg_sleep(0.2)')
    await call(server.address().port, '/leaf')
  }
  res.end()
})
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address()
  for (let at = 0; at < total; at += 10) {
    await Promise.all(Array.from({ length: 10 }, (_none, i) => call(port, `/${at + i}`)))
  }
  server.close()
  await pool.end()
})
