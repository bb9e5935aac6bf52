import { readFileSync } from 'node:fs'
import { connect, type SecureClientSessionOptions } from 'node:http2'
import { request as httpsRequest } from 'node:https'
import type { SecureContextOptions } from 'node:tls'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { EXPORT_CALLS, RETRY_INFO, RPC_STATUS, type Signal } from './otlp-schema.ts'
import { startReceiver, type Receiver, type ReceiverOptions } from './receiver.ts'
import { encodeSample, SAMPLES } from './sample-export.ts'

const SIGNALS = ['traces', 'logs', 'metrics'] as const
const PROTOBUF = 'application/x-protobuf'
const CUT = /closed without an answer|ECONNRESET|EPIPE|GOAWAY|canceled|alert/
vi.setConfig({ testTimeout: 60_000 })
const open: Receiver[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((receiver) => receiver.close()))
})

async function start(options?: ReceiverOptions): Promise<Receiver> {
  const receiver = await startReceiver(options)
  open.push(receiver)
  return receiver
}

/** Sends a body as an exporter would. */
async function post(
  receiver: Receiver,
  {
    signal = 'traces',
    path = `/v1/${signal}`,
    body = encodeSample(signal),
    type = PROTOBUF,
    headers = {},
    redirect = 'follow',
  }: {
    readonly redirect?: 'follow' | 'manual'
    readonly signal?: Signal
    readonly path?: string
    readonly body?: Buffer<ArrayBuffer> | string
    readonly type?: string
    readonly headers?: Record<string, string>
  } = {},
): Promise<Response> {
  return await fetch(`${receiver.httpUrl}${path}`, {
    method: 'POST',
    body,
    redirect,
    headers: { 'content-type': type, ...headers },
  })
}

interface GrpcAnswer {
  readonly headers: Readonly<Record<string, unknown>>
  readonly trailers: Readonly<Record<string, unknown>>
  readonly body: Buffer
}

/** Calls a service as a gRPC client would. */
async function call(
  receiver: Receiver,
  {
    signal = 'traces',
    path = EXPORT_CALLS[signal].grpcPath,
    message = encodeSample(signal),
    flag = 0,
    length = message.length,
    headers = {},
    session = {},
  }: {
    readonly signal?: Signal
    readonly path?: string
    readonly message?: Buffer
    readonly flag?: number
    readonly length?: number
    readonly headers?: Record<string, string>
    readonly session?: SecureClientSessionOptions
  } = {},
): Promise<GrpcAnswer> {
  const client = connect(receiver.grpcUrl, session)
  try {
    return await new Promise((resolve, reject) => {
      client.on('error', reject)
      const stream = client.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
        ...headers,
      })
      const prefix = Buffer.alloc(5)
      prefix.writeUInt8(flag, 0)
      prefix.writeUInt32BE(length, 1)
      const chunks: Buffer[] = []
      let answer: Record<string, unknown> = {}
      let trailers: Record<string, unknown> = {}
      stream.on('response', (received) => (answer = received))
      stream.on('trailers', (received) => (trailers = received))
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('error', reject)
      stream.on('close', () => {
        if (answer[':status'] === undefined) reject(new Error('closed without an answer'))
        else resolve({ headers: answer, trailers, body: Buffer.concat(chunks) })
      })
      stream.end(Buffer.concat([prefix, message]))
    })
  } finally {
    client.destroy()
  }
}

function readFiles(receiver: Receiver, withClient: boolean): SecureContextOptions {
  const { ca = '', clientCertificate = '', clientKey = '' } = receiver.certificates ?? {}
  const client = { cert: readFileSync(clientCertificate), key: readFileSync(clientKey) }
  return { ca: readFileSync(ca), ...(withClient ? client : {}) }
}
const sendSecurely = async (receiver: Receiver, options: SecureContextOptions): Promise<number> =>
  await new Promise((resolve, reject) => {
    const headers = { 'content-type': PROTOBUF }
    const request = httpsRequest(`${receiver.httpUrl}/v1/traces`, { method: 'POST', headers, ...options })
    request.on('response', (response) => resolve(response.resume().statusCode ?? 0)).on('error', reject)
    request.end(encodeSample('traces'))
  })

const counts = ({ spans, logs, metrics }: Receiver): number[] => [spans.length, logs.length, metrics.length]

describe('over HTTP', () => {
  it.each(SIGNALS)('keeps %s sent as protobuf and as JSON', async (signal) => {
    const receiver = await start()
    const binary = await post(receiver, { signal })
    const json = await post(receiver, { signal, body: JSON.stringify(SAMPLES[signal]), type: 'application/json' })
    const list: readonly unknown[] = receiver[signal === 'traces' ? 'spans' : signal]
    const half = list.length / 2
    expect(half).toBeGreaterThanOrEqual(1)
    expect(list.slice(half)).toEqual(list.slice(0, half))
    expect(receiver.requests.map(({ protocol, status, items }) => [protocol, status, items])).toEqual([
      ['http/protobuf', 200, half],
      ['http/json', 200, half],
    ])
    expect(binary.headers.get('content-type')).toBe(PROTOBUF)
    expect(await binary.arrayBuffer()).toHaveProperty('byteLength', 0)
    expect(await json.json()).toEqual({})
  })

  it('keeps what the hook tells of the process apart from what the program records', async () => {
    const receiver = await start()
    const logRecords = ['process.started', 'shop.opened', 'process.crashed', 'process.stopped'].map((eventName) => ({
      eventName,
    }))
    const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] })
    await post(receiver, { signal: 'logs', body, type: 'application/json' })
    expect(receiver.logs.map(({ eventName }) => eventName)).toEqual(['shop.opened', 'process.crashed'])
    expect(receiver.processEvents.map(({ eventName }) => eventName)).toEqual(['process.started', 'process.stopped'])
    expect(receiver.requests[0]?.items).toBe(4)
  })

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('reads a body compressed by %s and tells its size on the wire', async (coding, compress) => {
    const receiver = await start()
    const body = compress(encodeSample('traces'))
    expect((await post(receiver, { body, headers: { 'content-encoding': coding } })).status).toBe(200)
    expect(receiver.spans).toHaveLength(1)
    expect(receiver.requests[0]).toMatchObject({ bytes: body.length, headers: { 'content-encoding': coding } })
  })

  it.each([
    ['truncated protobuf', { body: encodeSample('traces').subarray(0, -1) }, 400],
    ['another signal', { body: encodeSample('logs') }, 400],
    ['truncated JSON', { body: '{', type: 'application/json' }, 400],
    ['JSON that is not UTF-8', { body: Buffer.from([0x22, 0xff, 0x22]), type: 'application/json' }, 400],
    ['a body that is not gzip', { headers: { 'content-encoding': 'gzip' } }, 400],
  ])('answers %s with 400 and keeps it as malformed', async (_what, request, status) => {
    const receiver = await start()
    const response = await post(receiver, request)
    expect(response.status).toBe(status)
    expect(receiver.malformed).toHaveLength(1)
    expect(receiver.malformed[0]).toMatchObject({ status, items: 0, path: '/v1/traces' })
    expect(counts(receiver)).toEqual([0, 0, 0])
  })

  it('tells why in a google.rpc.Status of the format that was sent', async () => {
    const receiver = await start()
    const binary = await post(receiver, { body: Buffer.from([1]) })
    expect(RPC_STATUS.decode(new Uint8Array(await binary.arrayBuffer())).toJSON()).toMatchObject({ code: 3 })
    const json = await post(receiver, { body: '[]', type: 'application/json' })
    expect(await json.json()).toEqual({ code: 3, message: 'body must be an object' })
  })

  it.each([
    ['a path that OTLP does not have', { path: '/v1/profiles' }, 404],
    ['a type that OTLP does not have', { type: 'text/plain' }, 415],
    ['a coding that nobody knows', { headers: { 'content-encoding': 'lzw' } }, 415],
  ])('refuses %s', async (_what, request, status) => {
    const receiver = await start()
    expect((await post(receiver, request)).status).toBe(status)
    expect(receiver.requests[0]).toMatchObject({ status, items: 0 })
    expect(receiver.malformed).toEqual([])
  })

  it('takes a body as large as allowed and refuses one byte more, before and after decompression', async () => {
    const body = encodeSample('traces')
    const enough = await start({ maxBodyBytes: body.length })
    const short = await start({ maxBodyBytes: body.length - 1 })
    const zipped = { body: gzipSync(body), headers: { 'content-encoding': 'gzip' } }
    expect((await post(enough)).status).toBe(200)
    expect((await post(short)).status).toBe(413)
    expect((await post(enough, zipped)).status).toBe(200)
    expect((await post(short, zipped)).status).toBe(413)
  })
})

describe('over gRPC', () => {
  it.each(SIGNALS)('keeps %s and answers with the export response', async (signal) => {
    const receiver = await start()
    const { headers, trailers, body } = await call(receiver, { signal })
    expect(headers).toMatchObject({ ':status': 200, 'content-type': expect.stringMatching(/^application\/grpc/) })
    expect(trailers).toMatchObject({ 'grpc-status': '0' })
    expect([...body]).toEqual([0, 0, 0, 0, 0])
    expect(receiver.requests[0]).toMatchObject({ signal, protocol: 'grpc', status: 200, grpcStatus: 0 })
    expect(counts(receiver)[SIGNALS.indexOf(signal)]).toBeGreaterThan(0)
  })

  it('reads a compressed message, and a plain one of a sender that may compress', async () => {
    const receiver = await start()
    const headers = { 'grpc-encoding': 'gzip' }
    await call(receiver, { message: gzipSync(encodeSample('traces')), flag: 1, headers })
    await call(receiver, { headers })
    expect(receiver.spans).toHaveLength(2)
  })

  it.each([
    ['a truncated message', { message: encodeSample('traces').subarray(0, -1) }],
    ['a length that is not the message’s', { length: 3 }],
    ['an unknown flag', { flag: 2 }],
    ['a compressed message without its coding', { flag: 1 }],
  ])('answers %s with INVALID_ARGUMENT and keeps it as malformed', async (_what, request) => {
    const receiver = await start()
    expect((await call(receiver, request)).headers).toMatchObject({ 'grpc-status': '3' })
    expect(receiver.malformed).toHaveLength(1)
    expect(receiver.spans).toEqual([])
  })

  it('answers a method that OTLP does not have with UNIMPLEMENTED', async () => {
    const receiver = await start()
    expect((await call(receiver, { path: '/helloworld.Greeter/SayHello' })).headers['grpc-status']).toBe('12')
  })
})

describe('faults', () => {
  it('answers with the status and the time to wait, and keeps nothing', async () => {
    const receiver = await start()
    receiver.respond({ status: 503, retryAfter: 7 })
    const response = await post(receiver)
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '7'])
    expect((await call(receiver)).headers).toMatchObject({ 'grpc-status': '14' })
    expect(receiver.spans).toEqual([])
    expect(receiver.requests.map(({ status }) => status)).toEqual([503, 503])
  })

  it('tells over gRPC how long to wait', async () => {
    const receiver = await start()
    receiver.respond({ status: 429, retryAfter: 1.5 })
    const { headers } = await call(receiver)
    expect(headers['grpc-status']).toBe('8')
    const status = RPC_STATUS.decode(Buffer.from(String(headers['grpc-status-details-bin']), 'base64'))
    const { details } = RPC_STATUS.toObject(status) as { details: [{ typeUrl: string; value: Uint8Array }] }
    expect(details[0].typeUrl).toBe('type.googleapis.com/google.rpc.RetryInfo')
    const delay = { retryDelay: { seconds: '1', nanos: 500_000_000 } }
    expect(RETRY_INFO.decode(details[0].value).toJSON()).toEqual(delay)
  })

  it('answers over gRPC with the code that is asked for', async () => {
    const receiver = await start()
    receiver.respond({ grpcStatus: 4 })
    expect((await call(receiver)).headers['grpc-status']).toBe('4')
    expect(receiver.spans).toEqual([])
  })

  it('decides per request and accepts again when the fault is over', async () => {
    const receiver = await start()
    receiver.respond(({ signal }) => (signal === 'logs' ? { status: 500 } : undefined))
    expect((await post(receiver, { signal: 'logs' })).status).toBe(500)
    expect((await post(receiver, { signal: 'traces' })).status).toBe(200)
    receiver.respond()
    expect((await post(receiver, { signal: 'logs' })).status).toBe(200)
  })

  it('says in partial_success what it refused', async () => {
    const receiver = await start()
    receiver.respond({ partialSuccess: { rejected: 3, message: 'too old' } })
    const json = await post(receiver, { signal: 'logs', body: JSON.stringify(SAMPLES.logs), type: 'application/json' })
    expect(await json.json()).toEqual({ partialSuccess: { rejectedLogRecords: '3', errorMessage: 'too old' } })
    const { body } = await call(receiver, { signal: 'traces' })
    const partialSuccess = { rejectedSpans: '3', errorMessage: 'too old' }
    expect(EXPORT_CALLS.traces.response.decode(body.subarray(5)).toJSON()).toEqual({ partialSuccess })
  })

  it('answers with headers and a body that are not OTLP', async () => {
    const receiver = await start()
    receiver.respond({ status: 302, headers: { location: 'https://login.example' }, body: '<html>' })
    const response = await post(receiver, { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([302, 'https://login.example'])
    expect(receiver.spans).toEqual([])
  })

  it.each([
    ['before-body', 0],
    ['mid-body', 0],
    ['after-body', 1],
  ] as const)('cuts the connection %s', async (reset, kept) => {
    const receiver = await start()
    receiver.respond({ reset })
    await expect(post(receiver)).rejects.toThrow('fetch failed')
    expect(receiver.spans).toHaveLength(kept)
    await expect(call(receiver)).rejects.toThrow(CUT)
    expect(receiver.spans).toHaveLength(2 * kept)
    expect(receiver.requests.map(({ status }) => status)).toEqual([0, 0])
  })

  it('never answers while it hangs, and ends for all that', async () => {
    const receiver = await start()
    receiver.respond({ hang: true })
    const answers = [post(receiver), call(receiver)].map((answer) =>
      answer.then(
        () => 'answered',
        () => 'cut',
      ),
    )
    await receiver.waitFor(() => receiver.requests.length === 2)
    expect(receiver.spans).toEqual([])
    await receiver.close()
    expect(await Promise.all(answers)).toEqual(['cut', 'cut'])
  })

  it('keeps nothing before the delay is over', async () => {
    const receiver = await start()
    const arrived = new Promise<void>((resolve) => {
      receiver.respond(({ signal }) => {
        if (signal !== 'traces') return undefined
        resolve()
        return { delayMillis: 1000 }
      })
    })
    const order: string[] = []
    const late = post(receiver).then(() => order.push(`${receiver.spans.length} spans`))
    await arrived
    await post(receiver, { signal: 'logs' }).then(() => order.push(`${receiver.spans.length} spans yet`))
    await late
    expect(order).toEqual(['0 spans yet', '1 spans'])
  })

  it('refuses connections and accepts them again on the same ports', async () => {
    const receiver = await start()
    expect((await post(receiver)).status).toBe(200) // leaves a kept-alive connection, to be cut
    await receiver.refuse()
    await expect(post(receiver)).rejects.toThrow('fetch failed')
    await expect(call(receiver)).rejects.toThrow(/ECONNREFUSED/)
    await receiver.accept()
    expect((await post(receiver)).status).toBe(200)
    expect((await call(receiver)).trailers['grpc-status']).toBe('0')
  })

  it.runIf(process.platform === 'linux')(
    'keeps its ports while it refuses, and lets them go when it closes',
    async () => {
      const receiver = await start()
      const ports = [receiver.httpUrl, receiver.grpcUrl].map((url) => Number(new URL(url).port))
      await receiver.refuse()
      expect(portsInUse()).toEqual(expect.arrayContaining(ports))
      await receiver.close()
      expect(portsInUse().filter((port) => ports.includes(port))).toEqual([])
    },
  )

  it('takes a sender that goes away in the middle of its body', async () => {
    const receiver = await start()
    const halves = new ReadableStream({
      start: (controller) => controller.enqueue(encodeSample('traces').subarray(0, 9)),
    })
    const abort = new AbortController()
    const options = { method: 'POST', body: halves, duplex: 'half', signal: abort.signal } as RequestInit
    const answer = fetch(`${receiver.httpUrl}/v1/traces`, options).catch(() => 'gone')
    receiver.respond(() => {
      setTimeout(() => abort.abort(), 20)
      return undefined
    })
    expect(await answer).toBe('gone')
    await receiver.waitFor(() => receiver.requests.length === 1)
    expect(receiver.requests[0]).toMatchObject({ status: 0, items: 0 })
    receiver.respond()
    expect((await post(receiver)).status).toBe(200)
  })
})

describe('over TLS', () => {
  it('lets in who trusts its authority, over HTTP and gRPC', async () => {
    const receiver = await start({ tls: 'server' })
    expect(receiver.httpUrl).toMatch(/^https:/)
    expect(await sendSecurely(receiver, readFiles(receiver, false))).toBe(200)
    expect((await call(receiver, { session: readFiles(receiver, false) })).trailers).toMatchObject({
      'grpc-status': '0',
    })
    await expect(sendSecurely(receiver, {})).rejects.toThrow(/certificate/)
  })

  it('asks for a client certificate if told to', async () => {
    const receiver = await start({ tls: 'mutual' })
    expect(await sendSecurely(receiver, readFiles(receiver, true))).toBe(200)
    await expect(sendSecurely(receiver, readFiles(receiver, false))).rejects.toThrow(/ECONNRESET|EPIPE|alert|socket/)
    await expect(call(receiver, { session: readFiles(receiver, false) })).rejects.toThrow(CUT)
    expect(receiver.spans).toHaveLength(1)
  })

  it('removes its key files when it closes', async () => {
    const receiver = await start({ tls: 'server' })
    const { clientKey = '' } = receiver.certificates ?? {}
    expect(readFileSync(clientKey, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----/)
    await receiver.close()
    expect(() => readFileSync(clientKey)).toThrow(/ENOENT/)
  })
})

describe('waiting', () => {
  it('gives what the probe finds', async () => {
    const receiver = await start()
    const found = receiver.waitFor(() => receiver.spans.find(({ kind }) => kind === 'CLIENT'))
    await post(receiver)
    expect((await found).name).toBe('SELECT payments')
  })

  it('tells what has arrived instead', async () => {
    const receiver = await start()
    await post(receiver)
    await post(receiver, { body: Buffer.from([1]) })
    const wait = receiver.waitFor(() => receiver.logs[0], { timeoutMillis: 1 })
    await expect(wait).rejects.toThrow(
      /Waited 1 ms for .*logs\[0\]; received 1 spans, 0 logs, 0 metrics in 2 requests \(SELECT payments\); refused: \/v1\/traces 400/,
    )
  })

  it('passes on what the probe throws', async () => {
    const receiver = await start()
    const wait = receiver.waitFor(() => {
      throw new TypeError('wrong probe')
    })
    await expect(wait).rejects.toThrow('wrong probe')
  })
})

it('forgets the oldest items above its bound, and all when cleared', async () => {
  const receiver = await start({ maxItems: 2 })
  for (const name of ['first', 'second', 'third']) {
    const sample = JSON.stringify(SAMPLES.traces).replace('SELECT payments', name)
    await post(receiver, { body: sample, type: 'application/json' })
  }
  expect(receiver.spans.map(({ name }) => name)).toEqual(['second', 'third'])
  expect(receiver.forgotten).toBe(2) // a span and a request
  receiver.clear()
  expect([receiver.spans, receiver.requests]).toEqual([[], []])
})

it('fails to start on a port that is taken, and leaves nothing open', async () => {
  const first = await start()
  const httpPort = Number(new URL(first.httpUrl).port)
  await expect(startReceiver({ httpPort })).rejects.toThrow(/EADDRINUSE/)
})

/** Ports of this machine that a socket of its own is bound to. */
function portsInUse(): number[] {
  const lines = readFileSync('/proc/net/tcp', 'utf8').trimEnd().split('\n').slice(1)
  return lines.map((line) => Number.parseInt(/^ *\d+: [\dA-F]{8}:([\dA-F]{4}) /.exec(line)?.[1] ?? '', 16))
}
