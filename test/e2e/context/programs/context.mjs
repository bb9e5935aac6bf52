// A server whose every request looks, after each kind of hop, whether the context is still its own. Arguments:
// connections, requests on each. Prints how many looks there were and what each wrong one saw.
import { context, createContextKey, trace } from '@opentelemetry/api'
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { pbkdf2, randomBytes } from 'node:crypto'
import { EventEmitter, on, once } from 'node:events'
import { readFile, stat } from 'node:fs'
import { readFile as readFileSoon } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { connect } from 'node:net'
import { pipeline, Readable, Transform } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { createGzip, gzip } from 'node:zlib'

const [connections = 10, requests = 20] = process.argv.slice(2).map(Number)
const KEY = createContextKey('test')
const own = new AsyncLocalStorage()
const wrong = new Map()
const seen = new Map()
let looks = 0

const count = (map, what) => map.set(what, (map.get(what) ?? 0) + 1)

/** Creates what compares the context with that of a request. */
const createLook = (id) => (where) => {
  looks++
  count(seen, where)
  if (trace.getActiveSpan()?.spanContext().traceId !== id) count(wrong, `span, ${where}`)
  if (!where.startsWith('later')) return
  if (context.active().getValue(KEY) !== id) count(wrong, `value, ${where}`)
  // What binds the context of OpenTelemetry leaves those of others alone.
  if (!/bound|context\.bind/.test(where) && own.getStore() !== id) count(wrong, `store, ${where}`)
}

// Made before any request: what calls back from there is of no request.
const shared = new EventEmitter().setMaxListeners(0)
const echo = new Worker(
  "require('node:worker_threads').parentPort.on('message', (m) => require('node:worker_threads').parentPort.postMessage(m))",
  {
    eval: true,
  },
)
echo.setMaxListeners(0)
const queue = []
const work = async () => {
  for (;;) {
    const job = queue.shift()
    if (job === undefined) await sleep(1)
    else if (job === 'end') return
    else job()
  }
}
const working = work()

const inner = createServer((req, res) => res.end(req.headers.traceparent ?? ''))
await once(inner.listen(0, '127.0.0.1'), 'listening')
const innerPort = inner.address().port

const steps = async function* () {
  yield 1
  await sleep(1)
  yield 2
}

const hops = {
  await: () => Promise.resolve(),
  nextTick: () => new Promise((resolve) => process.nextTick(resolve)),
  microtask: () => new Promise((resolve) => queueMicrotask(resolve)),
  setImmediate: () => new Promise((resolve) => setImmediate(resolve)),
  setTimeout: () => new Promise((resolve) => setTimeout(resolve, Math.random() * 5)),
  sleep: () => sleep(Math.random() * 3),
  'promise of fs': () => readFileSoon(import.meta.filename),
  'async generator': async () => {
    for await (const _step of steps()) await Promise.resolve()
  },
  'all settled': () =>
    Promise.allSettled([sleep(1), Promise.reject(new Error('no')), readFileSoon(import.meta.filename)]),
  'events.once': async () => {
    const emitter = new EventEmitter()
    setImmediate(() => emitter.emit('done'))
    await once(emitter, 'done')
  },
  'events.on': async () => {
    const emitter = new EventEmitter()
    setImmediate(() => emitter.emit('done'))
    for await (const _event of on(emitter, 'done')) break
  },
  'worker message': async (id) => {
    const answered = new Promise((resolve) => {
      const listener = (message) => {
        if (message !== id) return
        echo.off('message', listener)
        resolve()
      }
      echo.on('message', listener)
    })
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    echo.postMessage(id)
    await answered
  },
  fetch: async (id, look) => {
    const response = await fetch(`http://127.0.0.1:${innerPort}/`)
    look('later, after the head of a fetch')
    const [, sent] = (await response.text()).split('-')
    if (sent !== id) count(wrong, 'traceparent of fetch')
  },
}

/** Hops that call back, each with the look that belongs into the callback. */
const callbacks = {
  'fs callback': (look) => readFile(import.meta.filename, look),
  'fs.stat callback': (look) => stat(import.meta.filename, look),
  'crypto callback': (look) => pbkdf2('a', 'b', 1, 8, 'sha256', look),
  'randomBytes callback': (look) => randomBytes(8, look),
  'zlib callback': (look) => gzip('text', look),
  'pipeline callback': (look) =>
    pipeline(
      Readable.from(['a', 'b']),
      createGzip(),
      new Transform({ transform: (chunk, _encoding, done) => done() }),
      look,
    ),
  'stream listener': (look) =>
    Readable.from(['a'])
      .on('data', () => undefined)
      .on('end', look),
  AsyncResource: (look) => {
    const resource = new AsyncResource('job')
    queue.push(() => resource.runInAsyncScope(look))
  },
  'AsyncResource.bind': (look) => queue.push(AsyncResource.bind(() => look())),
  'context.bind': (look) => queue.push(context.bind(context.active(), () => look())),
  'bound emitter': (look) => {
    const emitter = context.bind(context.active(), new EventEmitter())
    emitter.on('job', () => look())
    queue.push(() => emitter.emit('job'))
  },
  'bound listener of a shared emitter': (look) => {
    const name = Symbol('job')
    shared.once(
      name,
      context.bind(context.active(), () => look()),
    )
    queue.push(() => shared.emit(name))
  },
  'http callback': (look) =>
    request({ port: innerPort, host: '127.0.0.1' }, (answer) => answer.resume().on('end', look)).end(),
}

const server = createServer((req, res) => {
  const id = req.headers.traceparent.split('-')[1]
  const look = createLook(id)
  look('at the start')
  req.on('aborted', () => wrong.set('aborted', 1))
  let size = 0
  req.on('data', (chunk) => {
    size += chunk.length
    look('body')
  })
  req.on('end', () => {
    look('end of the body')
    void context.with(context.active().setValue(KEY, id), () =>
      own.run(id, () => handle(id, look, res, size, req.headers.pipelined === '1')),
    )
  })
  res.on('finish', () => look('finish'))
  res.on('close', () => look('close'))
})

const handle = async (id, look, res, size, isPipelined) => {
  look('later, at once')
  const order = Object.keys(hops).sort(() => Math.random() - 0.5)
  for (const name of order.slice(0, 6)) {
    await hops[name](id, look)
    look(`later, after ${name}`)
  }
  const called = Object.entries(callbacks)
    .sort(() => Math.random() - 0.5)
    .slice(0, 6)
    .map(([name, run]) => new Promise((resolve) => run(() => resolve(look(`later, in ${name}`)))))
  await Promise.all(called)
  look('later, after all')
  res.setHeader('content-type', 'text/plain')
  res.write(`${size} `)
  await sleep(1)
  look('later, between writes')
  // Where answers wait for one another, Node 26 calls it when an earlier one is written: in that one's context, with or
  // without the hook.
  res.end(id, () => isPipelined || look('in the callback of end'))
}

await once(server.listen(0, '127.0.0.1'), 'listening')

/** Sends requests on one connection, each after the answer to the last or all at once, and checks the answers. */
const talk = async (isPipelined) => {
  const socket = connect(server.address().port, '127.0.0.1')
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk
    socket.emit('more')
  })
  const ids = Array.from({ length: requests }, () => randomBytes(16).toString('hex'))
  const body = 'x'.repeat(100_000)
  const send = (id) => {
    const head = `POST / HTTP/1.1\r\nhost: test\r\npipelined: ${isPipelined ? 1 : 0}\r\ntraceparent: 00-${id}-00f067aa0ba902b7-01\r\ncontent-length: ${body.length}\r\n\r\n`
    socket.write(head + body)
  }
  const answered = async (count) => {
    while (text.split('\r\n0\r\n\r\n').length - 1 < count) await once(socket, 'more')
  }
  for (const [at, id] of ids.entries()) {
    send(id)
    if (!isPipelined) await answered(at + 1)
  }
  await answered(ids.length)
  const order = [...text.matchAll(/[0-9a-f]{32}/g)].map(([id]) => id)
  if (order.join() !== ids.join()) wrong.set('order of answers', 1)
  socket.destroy()
}

await Promise.all(Array.from({ length: connections }, (_none, at) => talk(at % 2 === 1)))
queue.push('end')
await working
await echo.terminate()
server.close()
inner.close()
console.log(JSON.stringify({ looks, kinds: seen.size, wrong: Object.fromEntries(wrong) }))
