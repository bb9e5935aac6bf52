import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { BodyCollector, type EncodedBody } from './body.ts'
import type { Fault } from './faults.ts'
import { flattenHeaders } from './headers.ts'
import { createListener, resetConnection, type Listener, type ListenerOptions } from './listener.ts'
import { EXPORT_CALLS, RPC_STATUS, type ExportCall } from './otlp-schema.ts'
import { judge, partialSuccess, type Verdict } from './verdict.ts'

const CALLS_BY_PATH = new Map(Object.values(EXPORT_CALLS).map((call) => [call.httpPath, call]))
const MEDIA_TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' } as const
const INVALID_ARGUMENT = 3
const KEEP_ALIVE_MILLIS = 120_000

/** OTLP over HTTP. */
export function createHttpListener(options: ListenerOptions): Listener {
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request // gone from the request once that is destroyed
    serve(request, response, options, () => resetConnection(socket)).catch(() => resetConnection(socket))
  }
  const { secure } = options
  const server = secure
    ? createSecureServer({ ...secure, requestCert: secure.isMutual, rejectUnauthorized: secure.isMutual }, onRequest)
    : createServer(onRequest)
  // A sender that takes up an idle connection just as it is closed would see a reset that no test asked for.
  server.keepAliveTimeout = KEEP_ALIVE_MILLIS
  return createListener(server, options.port)
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: ListenerOptions,
  cut: () => void,
): Promise<void> {
  const { inbox, maxBodyBytes } = options
  const path = new URL(request.url ?? '/', 'http://receiver').pathname
  const headers = flattenHeaders(request.headers)
  const call = request.method === 'POST' ? CALLS_BY_PATH.get(path) : undefined
  const format = formatOf(headers['content-type'] ?? '')
  const protocol = format === 'json' ? 'http/json' : 'http/protobuf'
  const fault = call ? inbox.faultFor({ signal: call.signal, protocol, path, headers }) : {}
  const body = new BodyCollector(maxBodyBytes)
  const record = (verdict?: Verdict): void => {
    const { status = 0, items = 0, malformed } = verdict ?? {}
    const outcome = malformed === undefined ? { status, items } : { status, items, malformed }
    inbox.record({ ...(call && { signal: call.signal }), protocol, path, headers, bytes: body.bytes, ...outcome })
  }

  const end = await body.fill(request, fault.reset)
  if (end !== 'whole' || fault.hang) {
    record()
    if (end === 'cut') cut()
    return
  }

  const coding = headers['content-encoding'] ?? 'identity'
  const readBody = (): EncodedBody => ({ bytes: body.take(), coding })
  const verdict = await judge(inbox, { call, format, maxBytes: maxBodyBytes, readBody }, fault)
  verdict.keep()
  if (fault.reset === 'after-body') {
    record({ ...verdict, status: 0 })
    return cut()
  }
  record(verdict)
  answer(response, call, format ?? 'protobuf', verdict, fault)
}

function formatOf(contentType: string): 'protobuf' | 'json' | undefined {
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase()
  if (mediaType === MEDIA_TYPES.protobuf) return 'protobuf'
  return mediaType === MEDIA_TYPES.json ? 'json' : undefined
}

function answer(
  response: ServerResponse,
  call: ExportCall | undefined,
  format: 'protobuf' | 'json',
  verdict: Verdict,
  fault: Fault,
): void {
  const { status, message } = verdict
  response.writeHead(status, {
    'content-type': fault.body === undefined ? MEDIA_TYPES[format] : 'text/html',
    ...(fault.retryAfter !== undefined && { 'retry-after': String(fault.retryAfter) }),
    ...fault.headers,
  })
  if (fault.body !== undefined || status === 204) response.end(fault.body)
  else if (status === 200 && call) response.end(encode(call.response, partialSuccess(call, fault), format))
  else response.end(encode(RPC_STATUS, { code: status === 400 ? INVALID_ARGUMENT : 0, message }, format))
}

function encode(type: ExportCall['response'], value: object, format: 'protobuf' | 'json'): Uint8Array | string {
  return format === 'json' ? JSON.stringify(value) : type.encode(type.fromObject(value)).finish()
}
