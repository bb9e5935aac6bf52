import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import { context, trace, type Span } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { RPCType, setRPCMetadata, type RPCMetadata } from '@opentelemetry/core'
import {
  AlwaysOnSampler,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace'

/** Loads CommonJS modules through Node's own loader, where the instrumentations' hook sits. */
export const load: (id: string) => unknown = createRequire(import.meta.url)

const exporter = new InMemorySpanExporter()
const provider = new TracerProvider({
  sampler: new AlwaysOnSampler(),
  spanProcessors: [new SimpleSpanProcessor({ exporter })],
})

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
trace.setGlobalTracerProvider(provider)

export interface Traced<T> {
  readonly result: T
  readonly metadata: RPCMetadata
  /** Spans that ended, the server span last. */
  readonly spans: readonly ReadableSpan[]
  readonly server: ReadableSpan
}

/** Runs `request` under a server span, as upstream's HTTP instrumentation does, and returns what was recorded. */
export async function underServerSpan<T>(request: () => T | Promise<T>): Promise<Traced<T>> {
  exporter.reset()
  const span = trace.getTracer('test').startSpan('GET')
  const metadata: RPCMetadata = { type: RPCType.HTTP, span }
  const result = await context.with(setRPCMetadata(trace.setSpan(context.active(), span), metadata), async () => {
    return await request()
  })
  return finish(span, metadata, result)
}

export interface Answer {
  readonly status: number
  readonly body: string
}

/** Sends one request to a real server whose every request runs under a server span. */
export function requestServer(
  listener: (request: IncomingMessage, response: ServerResponse) => unknown,
  path: string,
  init: RequestInit = {},
): Promise<Traced<Answer>> {
  return underServerSpan(async () => {
    const active = context.active()
    const server = createServer((request, response) => void context.with(active, () => listener(request, response)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = server.address() as AddressInfo
      const response = await fetch(`http://127.0.0.1:${port}${path}`, init)
      return { status: response.status, body: await response.text() }
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
}

/** Runs `request` without any span and returns the spans that ended. */
export async function withoutSpan(request: () => unknown): Promise<readonly ReadableSpan[]> {
  exporter.reset()
  await request()
  return exporter.getFinishedSpans()
}

/** The one span of that name. */
export function spanNamed(spans: readonly ReadableSpan[], name: string): ReadableSpan {
  const found = spans.filter((span) => span.name === name)
  if (found.length !== 1 || found[0] === undefined) {
    throw new Error(`${found.length} spans named ${name} among ${spans.map((span) => span.name).join(', ')}`)
  }
  return found[0]
}

async function finish<T>(span: Span, metadata: RPCMetadata, result: T): Promise<Traced<T>> {
  // Spans that end on the response's `close` do so a turn after the answer arrived.
  await new Promise((resolve) => setTimeout(resolve, 5))
  span.end()
  const spans = [...exporter.getFinishedSpans()]
  const server = spans.at(-1)
  if (server === undefined) throw new Error('no span ended')
  return { result, metadata, spans, server }
}
