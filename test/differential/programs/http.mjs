// Servers and clients of http, https and fetch: what works and what fails.
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { once } from 'node:events'

const tls = { key: readFileSync(process.env.TLS_KEY), cert: readFileSync(process.env.TLS_CERTIFICATE) }
const ca = readFileSync(process.env.TLS_CA)
const handle = (request, response) => {
  request.resume()
  request.on('end', () => {
    const [, status = '200', how] = request.url.split(/[/?]/)
    response.statusCode = Number(status) || 200
    if (how === 'moved') response.setHeader('location', '/200/target')
    response.end(request.method === 'HEAD' ? undefined : 'done')
  })
}
const plain = http.createServer(handle).listen(0, '127.0.0.1')
const secure = https.createServer(tls, handle).listen(0, '127.0.0.1')
await Promise.all([once(plain, 'listening'), once(secure, 'listening')])
const base = `http://127.0.0.1:${plain.address().port}`
const agent = new http.Agent({ keepAlive: true })

const ask = async (module, url, options = {}, body) =>
  await new Promise((resolve) => {
    const request = module.request(url, options, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode))
    })
    request.on('error', (error) => resolve(error.code))
    request.end(body)
  })

const seen = []
seen.push(await ask(http, `${base}/200/ok?q=1`))
seen.push(await ask(http, `${base}/404/missing`, { agent }))
seen.push(await ask(http, `${base}/500/broken`, { agent, headers: { 'user-agent': 'shop/1.0', host: 'shop.test' } }))
seen.push(
  await ask(http, `${base}/201/post`, { agent, method: 'POST', headers: { 'content-type': 'text/plain' } }, 'body'),
)
seen.push(await ask(http, `${base}/200/head`, { agent, method: 'HEAD' }))
seen.push(await ask(http, `${base}/200/odd`, { agent, method: 'PROPFIND' }))
seen.push(
  await ask(http, `${base}/200/forwarded`, {
    agent,
    headers: { 'x-forwarded-for': '192.0.2.1, 10.0.0.1', 'x-forwarded-proto': 'https' },
  }),
)
seen.push(
  await ask(http, `${base}/200/traced`, {
    agent,
    headers: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` },
  }),
)
seen.push(await ask(https, `https://localhost:${secure.address().port}/200/secure`, { ca }))
seen.push(await ask(http, 'http://127.0.0.1:1/refused'))
seen.push(await ask(http, 'http://user:secret@127.0.0.1:1/refused?token=secret'))
const empty = await new Promise((resolve) => {
  http.get({ host: '127.0.0.1', port: plain.address().port, path: '/204/options' }, (response) => {
    response.resume().on('end', () => resolve(response.statusCode))
  })
})
seen.push(empty)
for (const { path, ...options } of [
  { path: '/200/fetched?x=1' },
  { path: '/404/fetched' },
  { path: '/503/fetched', method: 'POST', body: 'text' },
  { path: '/302/moved' },
]) {
  const response = await fetch(base + path, options)
  seen.push(response.status, await response.text())
}
seen.push(await fetch('http://127.0.0.1:1/refused').catch((error) => error.cause?.code ?? error.name))
const aborted = AbortSignal.abort()
seen.push(await fetch(`${base}/200/aborted`, { signal: aborted }).catch((error) => error.name))
agent.destroy()
plain.close()
secure.close()
plain.closeAllConnections()
secure.closeAllConnections()
process.stdout.write(`${JSON.stringify(seen)}\n`)
