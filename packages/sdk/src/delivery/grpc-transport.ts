import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import type { Socket } from 'node:net'
import { loadBuiltin } from './builtins.ts'
import { Deadline } from './deadline.ts'
import { readRetryDelay } from './grpc-retry-info.ts'
import { createHostLookup } from './host-lookup.ts'
import type { HostLookup, ResolverVariables } from './host-lookup.ts'
import type { OtlpSettings, Signal } from './settings.ts'
import { answerToError, answerToStatus, boundRetryAfter } from './transport.ts'
import type { Answer, Attempt, Hold, Transport } from './transport.ts'

const PATHS: Record<Signal, string> = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
}
// Compressed flag and length in front of each message.
const PREFIX_BYTES = 5
const MAX_ANSWER_BYTES = 64 * 1024

/**
 * Creates the transport for OTLP over gRPC: unary calls on one HTTP/2 connection.
 *
 * It stands in for `@grpc/grpc-js`, which holds the process while it connects, retries on its own and would be the
 * largest part of the bundle. It knows neither proxies nor load balancing.
 *
 * @param variables of the system's resolver, where the environment sets some.
 */
export function createGrpcTransport(
  settings: OtlpSettings,
  userAgent: string,
  variables?: ResolverVariables,
): Transport {
  const connection = new Connection(settings, createHostLookup({ variables }))
  const headers = {
    ...settings.headers,
    ':method': 'POST',
    'content-type': 'application/grpc',
    te: 'trailers',
    'grpc-timeout': `${Math.min(settings.timeoutMillis, 99_999_999)}m`,
    'user-agent': userAgent,
    ...(settings.gzip && { 'grpc-encoding': 'gzip' }),
  }
  return {
    send: (body, signal) =>
      new GrpcAttempt(
        () => connection.open({ ...headers, ':path': PATHS[signal] }),
        frame(body, settings.gzip),
        settings.timeoutMillis,
      ),
  }
}

interface Call {
  readonly stream: ClientHttp2Stream
  readonly socket: Socket
  readonly hosts: HostLookup
}

/** The session to the endpoint, opened again when it has ended. */
class Connection {
  readonly #settings: OtlpSettings
  readonly #hosts: HostLookup
  #session: ClientHttp2Session | undefined
  #socket: Socket | undefined

  constructor(settings: OtlpSettings, hosts: HostLookup) {
    this.#settings = settings
    this.#hosts = hosts
  }

  open(headers: Record<string, string>): Call {
    if (this.#session === undefined || this.#session.closed || this.#session.destroyed) this.#connect()
    const { scheme, session, socket } = this.#use()
    return { stream: session.request({ ...headers, ':scheme': scheme }), socket, hosts: this.#hosts }
  }

  #use(): { scheme: string; session: ClientHttp2Session; socket: Socket } {
    if (this.#session === undefined || this.#socket === undefined) throw new Error('not connected')
    return {
      scheme: this.#settings.url.protocol === 'https:' ? 'https' : 'http',
      session: this.#session,
      socket: this.#socket,
    }
  }

  #connect(): void {
    const { url, tls } = this.#settings
    const secure = url.protocol === 'https:'
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
    const isFile = url.protocol === 'unix:'
    const place = isFile ? { path: decodeURIComponent(url.pathname) } : { host, port, lookup: this.#hosts.lookup }
    const socket = secure
      ? loadBuiltin('node:tls').connect({ ...tls, ...place, ALPNProtocols: ['h2'], ...serverName(host) })
      : loadBuiltin('node:net').connect(place)
    socket.unref()
    const session = loadBuiltin('node:http2').connect(isFile ? 'http://localhost' : url.origin, {
      createConnection: () => socket,
    })
    session.unref()
    // Told to the streams as well, and those who wait listen there.
    session.on('error', () => {})
    session.on('goaway', () => session.close())
    this.#session = session
    this.#socket = socket
  }
}

class GrpcAttempt implements Attempt {
  readonly answer: Promise<Answer>
  readonly #settle: (answer: Answer) => void
  readonly #deadline: Deadline
  #call: Call | undefined
  #answering = false
  #settled: Answer | undefined

  constructor(open: () => Call, message: Promise<Buffer>, timeoutMillis: number) {
    const { promise, resolve } = Promise.withResolvers<Answer>()
    this.answer = promise
    this.#deadline = new Deadline(timeoutMillis, () => this.abort('timeout'))
    this.#settle = (answer) => {
      if (this.#settled !== undefined) return
      this.#settled = answer
      this.#deadline.cancel()
      resolve(answer)
    }
    message.then(
      (bytes) => this.#start(open, bytes),
      (error: unknown) => this.#settle(answerToError(error)),
    )
  }

  // What waits inside HTTP/2 to be written cannot be seen from here, so nothing is certain before the answer begins.
  hold(): Hold {
    if (this.#call === undefined || this.#answering || this.#call.socket.destroyed) return 'nothing'
    return this.#call.socket.connecting && this.#call.hosts.isAsking() ? 'lookup' : 'request'
  }

  // Nothing is certain before the answer begins, see above.
  isWritten(): boolean {
    return this.#answering
  }

  // The message was copied behind its prefix.
  isReading(): boolean {
    return false
  }

  hear(): Answer | 'never' {
    return this.#settled ?? 'never'
  }

  waitedMillis(): number {
    return this.#deadline.waitedMillis
  }

  abort(problem: 'aborted' | 'timeout'): void {
    this.#settle({ ok: false, problem, retryable: true })
    this.#call?.stream.destroy()
    // A connection that does not come about, or on which nothing comes back, is of no use to the next attempt either.
    if (!this.#answering) this.#call?.socket.destroy()
    this.#call?.hosts.cancel()
  }

  #start(open: () => Call, message: Buffer): void {
    if (this.#settled !== undefined) return
    try {
      this.#call = open()
    } catch (error) {
      this.#settle(answerToError(error))
      return
    }
    const { stream } = this.#call
    let headers: IncomingHttpHeaders = {}
    let trailers: IncomingHttpHeaders = {}
    const chunks: Buffer[] = []
    let size = 0
    stream.on('response', (received) => {
      this.#answering = true
      headers = received
    })
    stream.on('trailers', (received) => {
      trailers = received
    })
    stream.on('data', (chunk: Buffer) => {
      size += chunk.byteLength
      if (size <= MAX_ANSWER_BYTES) chunks.push(chunk)
    })
    stream.on('error', (error) => this.#settle(answerToError(error)))
    stream.on('close', () => this.#settle(readAnswer({ ...headers, ...trailers }, Buffer.concat(chunks))))
    stream.end(message)
  }
}

async function frame(body: readonly Uint8Array[], gzip: boolean): Promise<Buffer> {
  const message = gzip ? [await compress(body)] : body
  const prefix = Buffer.allocUnsafe(PREFIX_BYTES)
  prefix.writeUInt8(gzip ? 1 : 0, 0)
  prefix.writeUInt32BE(
    message.reduce((size, part) => size + part.byteLength, 0),
    1,
  )
  return Buffer.concat([prefix, ...message])
}

function compress(body: readonly Uint8Array[]): Promise<Buffer> {
  const zlib = loadBuiltin('node:zlib')
  return new Promise((resolve, reject) => {
    zlib.gzip(Buffer.concat(body), { level: 1 }, (error, bytes) => (error === null ? resolve(bytes) : reject(error)))
  })
}

// A TLS server name must not be an address.
function serverName(host: string): { servername: string } | undefined {
  return loadBuiltin('node:net').isIP(host) === 0 ? { servername: host } : undefined
}

// https://grpc.github.io/grpc/core/md_doc_statuscodes.html, the ones that OTLP tells apart.
const STATUS_NAMES: Record<string, string> = {
  '1': 'CANCELLED',
  '2': 'UNKNOWN',
  '3': 'INVALID_ARGUMENT',
  '4': 'DEADLINE_EXCEEDED',
  '5': 'NOT_FOUND',
  '7': 'PERMISSION_DENIED',
  '8': 'RESOURCE_EXHAUSTED',
  '9': 'FAILED_PRECONDITION',
  '10': 'ABORTED',
  '11': 'OUT_OF_RANGE',
  '12': 'UNIMPLEMENTED',
  '13': 'INTERNAL',
  '14': 'UNAVAILABLE',
  '15': 'DATA_LOSS',
  '16': 'UNAUTHENTICATED',
}

// There is no code for a message that is larger than its receiver takes. These ones send that, with these texts: Go, C, Python,
// Ruby and Node "received message larger than max", Java "gRPC message exceeds maximum size", .NET "exceeds the maximum
// configured message size", and Rust, by the second code, "message length too large". Linear: it is an alternative of words.
const LIMIT_STATUSES: ReadonlySet<string> = new Set(['RESOURCE_EXHAUSTED', 'OUT_OF_RANGE'])
const LIMIT_TEXT = /message (?:larger than max|exceeds maximum size|exceeds the maximum configured|length too large)/i

/** Undoes the percent-encoding of a status message, which has to be read even where it is none. */
function unescapeText(text: unknown): string {
  try {
    return decodeURIComponent(String(text))
  } catch {
    return String(text)
  }
}

/** Turns the end of a call into an answer, by the table of retryable codes of OTLP. */
function readAnswer(headers: IncomingHttpHeaders, body: Buffer): Answer {
  const status = headers['grpc-status']
  if (typeof status !== 'string') {
    const http = Number(headers[':status'] ?? 0)
    // A proxy or another kind of server answers with plain HTTP.
    if (http >= 300) return answerToStatus(http, headers['retry-after'])
    if (http === 0) return { ok: false, problem: 'unreachable', retryable: true }
    return { ok: false, problem: 'protocol', retryable: false, detail: 'no grpc-status' }
  }
  if (status === '0') return { ok: true, body: unframe(body) }
  const detail = STATUS_NAMES[status] ?? 'unknown status'
  if (LIMIT_STATUSES.has(detail) && LIMIT_TEXT.test(unescapeText(headers['grpc-message']))) {
    return { ok: false, problem: 'too-large', retryable: false, divisible: 'to-fit', detail }
  }
  const delay = readRetryDelay(headers['grpc-status-details-bin'])
  const retryAfterMillis = delay === undefined ? undefined : boundRetryAfter(delay)
  const busy = { ok: false, problem: 'busy', retryable: true, detail } as const
  const busyFor = retryAfterMillis === undefined ? busy : { ...busy, retryAfterMillis }
  switch (detail) {
    case 'UNAUTHENTICATED':
    case 'PERMISSION_DENIED':
      return { ok: false, problem: 'credentials', retryable: false, detail }
    case 'UNIMPLEMENTED':
    case 'NOT_FOUND':
      return { ok: false, problem: 'missing', retryable: false, detail }
    case 'RESOURCE_EXHAUSTED':
      // With a delay the endpoint is busy; without one a limit is exceeded, of a rate or of something else.
      if (delay === undefined) return { ok: false, problem: 'too-large', retryable: false, divisible: 'once', detail }
      return busyFor
    case 'CANCELLED':
    case 'DEADLINE_EXCEEDED':
    case 'ABORTED':
    case 'OUT_OF_RANGE':
    case 'UNAVAILABLE':
    case 'DATA_LOSS':
      return busyFor
    case 'INVALID_ARGUMENT':
      return { ok: false, problem: 'refused', retryable: false, divisible: 'once', detail }
    default:
      return { ok: false, problem: 'refused', retryable: false, detail }
  }
}

// Answers with a compressed message are read as empty: this side does not offer to accept compression.
function unframe(body: Buffer): Uint8Array {
  if (body.byteLength < PREFIX_BYTES || body.readUInt8(0) !== 0) return new Uint8Array()
  return body.subarray(PREFIX_BYTES, PREFIX_BYTES + body.readUInt32BE(1))
}
