import {
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import { BodyCollector, type EncodedBody } from './body.ts'
import { toGrpcCode, type Fault } from './faults.ts'
import { flattenHeaders } from './headers.ts'
import { createListener, type Listener, type ListenerOptions } from './listener.ts'
import { MalformedError } from './otlp-decode.ts'
import { EXPORT_CALLS, RETRY_INFO, RPC_STATUS } from './otlp-schema.ts'
import { judge, partialSuccess, type Verdict } from './verdict.ts'

const CALLS_BY_PATH = new Map(Object.values(EXPORT_CALLS).map((call) => [call.grpcPath, call]))
const CONTENT_TYPE = /^application\/grpc(?:$|[+;])/
const PREFIX_BYTES = 5
// There is no code for it: senders know it by the text, here that of Go.
const TOO_LARGE = 'grpc: received message larger than max'

/** OTLP over gRPC: one message each way, on HTTP/2 with or without TLS. */
export function createGrpcListener(options: ListenerOptions): Listener {
  const { secure } = options
  const server = secure
    ? createSecureServer({ ...secure, requestCert: secure.isMutual, rejectUnauthorized: secure.isMutual })
    : createServer()
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on('error', () => undefined) // a sender that went away is no news here
    serve(stream, headers, options).catch(() => stream.destroy())
  })
  server.on('sessionError', () => undefined)
  return createListener(server, options.port)
}

async function serve(
  stream: ServerHttp2Stream,
  wireHeaders: IncomingHttpHeaders,
  options: ListenerOptions,
): Promise<void> {
  const { inbox, maxBodyBytes } = options
  const headers = flattenHeaders(wireHeaders)
  const path = headers[':path'] ?? ''
  const call = CALLS_BY_PATH.get(path)
  const fault = call ? inbox.faultFor({ signal: call.signal, protocol: 'grpc', path, headers }) : {}
  const body = new BodyCollector(maxBodyBytes + PREFIX_BYTES)
  const record = (verdict?: Verdict, grpcStatus?: number): void => {
    const { status = 0, items = 0, malformed } = verdict ?? {}
    const outcome = malformed === undefined ? { status, items } : { status, items, malformed }
    const code = grpcStatus === undefined ? {} : { grpcStatus }
    const about = { ...(call && { signal: call.signal }), protocol: 'grpc', path, headers } as const
    inbox.record({ ...about, bytes: body.bytes, ...outcome, ...code })
  }
  const cut = (): void => stream.session?.destroy()

  const end = await body.fill(stream, fault.reset)
  if (end !== 'whole' || fault.hang) {
    record()
    if (end === 'cut') cut()
    return
  }

  const format = CONTENT_TYPE.test(headers['content-type'] ?? '') ? 'protobuf' : undefined
  const readBody = (): EncodedBody => readFrame(body.take(), headers['grpc-encoding'] ?? 'identity')
  const refusal = fault.grpcStatus ? { status: 500, ...fault } : fault
  const verdict = await judge(inbox, { call, format, maxBytes: maxBodyBytes, readBody }, refusal)
  verdict.keep()
  if (fault.reset === 'after-body') {
    record({ ...verdict, status: 0 })
    return cut()
  }
  const isOurs = verdict.malformed === undefined && verdict.status !== 413
  const code = (isOurs ? fault.grpcStatus : undefined) ?? toGrpcCode(verdict.status)
  record(verdict, code)
  if (stream.destroyed) return
  if (code === 0 && call) {
    const response = call.response.encode(call.response.fromObject(partialSuccess(call, fault))).finish()
    stream.respond(grpcHeaders(), { waitForTrailers: true })
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    stream.end(frame(response))
  } else {
    const message = verdict.status === 413 ? TOO_LARGE : verdict.message
    stream.respond({ ...grpcHeaders(), ...errorTrailers(code, message, fault) }, { endStream: true })
  }
}

/** The message of a unary call: one frame, a flag byte and a length before it. */
function readFrame(body: Buffer, encoding: string): EncodedBody {
  if (body.length < PREFIX_BYTES) throw new MalformedError('body must be a gRPC frame')
  const flag = body.readUInt8(0)
  const bytes = body.subarray(PREFIX_BYTES)
  if (flag > 1) throw new MalformedError(`gRPC frame has the unknown flag ${flag}`)
  if (bytes.length !== body.readUInt32BE(1)) throw new MalformedError('body must be exactly one gRPC frame')
  if (flag === 1 && encoding === 'identity') throw new MalformedError('gRPC frame is compressed without grpc-encoding')
  return { bytes, coding: flag === 1 ? encoding : 'identity' }
}

function frame(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(PREFIX_BYTES)
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

function grpcHeaders(): OutgoingHttpHeaders {
  return { ':status': 200, 'content-type': 'application/grpc+proto', 'grpc-accept-encoding': 'identity,gzip,deflate' }
}

/** The status as headers of an answer without a message (the protocol's "trailers-only"). */
function errorTrailers(code: number, message: string, fault: Fault): OutgoingHttpHeaders {
  const trailers = { 'grpc-status': String(code), 'grpc-message': encodeURIComponent(message) }
  if (typeof fault.retryAfter !== 'number') return trailers
  const seconds = Math.trunc(fault.retryAfter)
  const nanos = Math.round((fault.retryAfter - seconds) * 1e9)
  const value = RETRY_INFO.encode(RETRY_INFO.fromObject({ retryDelay: { seconds, nanos } })).finish()
  const details = [{ typeUrl: 'type.googleapis.com/google.rpc.RetryInfo', value }]
  const status = RPC_STATUS.encode(RPC_STATUS.fromObject({ code, message, details })).finish()
  return { ...trailers, 'grpc-status-details-bin': Buffer.from(status).toString('base64') }
}
