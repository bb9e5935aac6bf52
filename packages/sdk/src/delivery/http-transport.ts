import type { ClientRequest, IncomingMessage } from 'node:http'
import { loadBuiltin } from './builtins.ts'
import { Deadline } from './deadline.ts'
import { createHostLookup } from './host-lookup.ts'
import type { HostLookup, ResolverVariables } from './host-lookup.ts'
import { LateAnswerReader } from './late-answer.ts'
import type { OtlpSettings } from './settings.ts'
import { answerToError, answerToStatus } from './transport.ts'
import type { Answer, Attempt, Hold, Transport } from './transport.ts'

// A partial success or a status message is short; more than this is not an answer to OTLP.
const MAX_ANSWER_BYTES = 64 * 1024
// What a reader of Go's says that has a limit (http.MaxBytesError).
const GO_TOO_LARGE = 'http: request body too large'
const TOO_LARGE = { ok: false, problem: 'too-large', retryable: false, divisible: 'to-fit' } as const

/**
 * Creates the transport for OTLP over HTTP/1.1.
 *
 * It makes requests with the constructor of `ClientRequest`: instrumentations and test doubles of an application
 * replace `http.request`, and would see, count or swallow them.
 *
 * @param variables of the system's resolver, where the environment sets some.
 */
export function createHttpTransport(
  settings: OtlpSettings,
  userAgent: string,
  variables?: ResolverVariables,
): Transport {
  const { url } = settings
  const http = loadBuiltin('node:http')
  const agent =
    url.protocol === 'https:'
      ? new (loadBuiltin('node:https').Agent)({ keepAlive: true, ...settings.tls })
      : new http.Agent({ keepAlive: true })
  const hosts = createHostLookup({ variables })
  const contentType = settings.protocol === 'http/json' ? 'application/json' : 'application/x-protobuf'
  const headers: Record<string, string> = { 'user-agent': userAgent, ...settings.headers, 'content-type': contentType }
  if (settings.gzip) headers['content-encoding'] = 'gzip'
  const options = {
    method: 'POST',
    protocol: url.protocol,
    // URL keeps the brackets of an IPv6 address.
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
    ...(url.username !== '' && { auth: decodeURIComponent(`${url.username}:${url.password}`) }),
    agent,
    lookup: hosts.lookup,
  }
  return {
    send: (body) =>
      new HttpAttempt(
        (length) => new http.ClientRequest({ ...options, headers: { ...headers, 'content-length': length } }),
        settings.gzip ? gzip(body) : Promise.resolve(body),
        settings.gzip,
        settings.timeoutMillis,
        hosts,
      ),
  }
}

class HttpAttempt implements Attempt {
  readonly answer: Promise<Answer>
  readonly #settle: (answer: Answer) => void
  readonly #open: (length: number) => ClientRequest
  readonly #hosts: HostLookup
  /** Whether what is sent is in memory of its own. */
  readonly #isCopied: boolean
  readonly #deadline: Deadline
  #request: ClientRequest | undefined
  #response: IncomingMessage | undefined
  /** Whether a success was told before the request was written as a whole. */
  #isEarly = false
  #late: LateAnswerReader | undefined
  #settled: Answer | undefined

  constructor(
    open: (length: number) => ClientRequest,
    body: Promise<readonly Uint8Array[]>,
    isCopied: boolean,
    timeoutMillis: number,
    hosts: HostLookup,
  ) {
    this.#open = open
    this.#hosts = hosts
    this.#isCopied = isCopied
    const { promise, resolve } = Promise.withResolvers<Answer>()
    this.answer = promise
    this.#deadline = new Deadline(timeoutMillis, () => this.abort('timeout'))
    this.#settle = (answer) => {
      if (this.#settled !== undefined) return
      this.#settled = answer
      this.#deadline.cancel()
      // The rest of what was answered is for nobody; a write that nobody takes would hold the process.
      if (!this.isWritten()) this.#request?.destroy()
      resolve(answer)
    }
    body.then(
      (parts) => this.#start(parts),
      (error: unknown) => this.#settle(answerToError(error)),
    )
  }

  hold(): Hold {
    const socket = this.#request?.socket
    if (socket === null || socket === undefined || socket.destroyed) return 'nothing'
    if (socket.connecting && this.#hosts.isAsking()) return 'lookup'
    return socket.connecting || socket.writableLength > 0 ? 'request' : 'nothing'
  }

  isWritten(): boolean {
    return this.#request?.writableFinished === true && this.#request.socket?.writableLength === 0
  }

  isReading(): boolean {
    return !this.#isCopied && !this.isWritten()
  }

  hear(): Answer | 'later' | 'never' {
    if (this.#settled !== undefined) return this.#settled
    const head = this.#readHead()
    if (head !== undefined) return head
    const socket = this.#request?.socket
    if (socket === null || socket === undefined) return 'never'
    this.#late ??= new LateAnswerReader(socket)
    const late = this.#late.read()
    return typeof late === 'string' ? late : judge(late.status, late.headers, late.body)
  }

  waitedMillis(): number {
    return this.#deadline.waitedMillis
  }

  abort(problem: 'aborted' | 'timeout'): void {
    this.#settle(this.#readHead() ?? { ok: false, problem, retryable: true })
    this.#request?.destroy()
    this.#hosts.cancel()
  }

  #start(body: readonly Uint8Array[]): void {
    if (this.#settled !== undefined) return
    let request: ClientRequest
    try {
      request = this.#open(body.reduce((size, part) => size + part.byteLength, 0))
    } catch (error) {
      this.#settle(answerToError(error))
      return
    }
    this.#request = request
    request.on('socket', (socket) => socket.unref())
    request.on('response', (response) => this.#read(request, response))
    request.on('error', (error: NodeJS.ErrnoException) => {
      // The endpoint closed a connection that was kept open, just as it was used again: that is no failure.
      const stale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
      if (stale && this.#settled === undefined && !this.#isEarly) this.#start(body)
      else this.#settle(this.#readHead() ?? answerToError(error))
    })
    for (const part of body) request.write(part)
    request.end()
  }

  /** What the head of an answer says whose body is late, or no good. */
  #readHead(): Answer | undefined {
    const response = this.#response
    if (response === undefined || !this.isWritten()) return undefined
    return judge(response.statusCode ?? 0, response.headers, new Uint8Array())
  }

  #read(request: ClientRequest, response: IncomingMessage): void {
    this.#response = response
    const status = response.statusCode ?? 0
    const chunks: Buffer[] = []
    let size = 0
    response.on('data', (chunk: Buffer) => {
      size += chunk.byteLength
      if (size <= MAX_ANSWER_BYTES) chunks.push(chunk)
      else response.destroy()
    })
    const settle = (): void => {
      const body = size <= MAX_ANSWER_BYTES ? Buffer.concat(chunks) : new Uint8Array()
      const answer = judge(status, response.headers, body)
      if (!answer.ok || this.isWritten()) return this.#settle(answer)
      // Who accepts a request before it has come reads on; else some of it cannot have arrived.
      const end = (): void => this.#settle(request.writableFinished ? answer : answerToError({ code: 'ECONNRESET' }))
      if (request.destroyed) return end()
      this.#isEarly = true
      request.once('finish', end)
      request.once('close', end)
    }
    response.on('end', settle)
    response.on('close', settle)
    response.on('error', settle)
  }
}

/** The headers of an answer that say something about it. */
interface AnswerHeaders {
  readonly 'content-type'?: string | undefined
  readonly 'retry-after'?: string | undefined
}

function judge(status: number, headers: AnswerHeaders, body: Uint8Array): Answer {
  // The Collector answers 400, and says in the body that it means 413.
  if (status === 400 && Buffer.from(body).includes(GO_TOO_LARGE)) return { ...TOO_LARGE, detail: '400' }
  if (status < 200 || status > 299) return answerToStatus(status, headers['retry-after'])
  // A page for people: some proxy or sign-in took the telemetry, which no backend will see.
  if (isPage(headers)) return { ok: false, problem: 'protocol', retryable: false, detail: 'HTML' }
  // A success whose details are lost or beyond all bounds is a success still.
  return { ok: true, body }
}

function isPage(headers: AnswerHeaders): boolean {
  return headers['content-type']?.trimStart().toLowerCase().startsWith('text/html') === true
}

function gzip(body: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
  const zlib = loadBuiltin('node:zlib')
  return new Promise((resolve, reject) => {
    // Level 1 costs a third of the default and telemetry repeats itself enough for it.
    zlib.gzip(Buffer.concat(body), { level: 1 }, (error, bytes) => (error === null ? resolve([bytes]) : reject(error)))
  })
}
