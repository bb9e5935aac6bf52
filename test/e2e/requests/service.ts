import { once } from 'node:events'
import { request as makeRequest } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { services, startProgram, startReceiver } from '@plutus/test-kit'
import type { ReceivedLog, ReceivedPoint, ReceivedSpan, Receiver, TestNode } from '@plutus/test-kit'
import { programFile } from './program-file.ts'

/** An answer of the service. */
export interface Reply {
  readonly status: number
  readonly text: string
  readonly headers: IncomingHttpHeaders
}

/** The service of this story under the built hook, and what it sends. */
export interface RunningService {
  readonly receiver: Receiver
  /** Sends a request and reads its whole answer. */
  ask(
    path: string,
    headers?: Readonly<Record<string, string>>,
    how?: { readonly method: string; readonly body: string },
  ): Promise<Reply>
  /** Sends the lines of a head as they are and gives the answer as text: clients refuse to send what attackers do. */
  askRaw(...lines: readonly string[]): Promise<string>
  /** Waits for the server span of the one request with a path, or of that in a trace. */
  server(path: string, traceId?: string): Promise<ReceivedSpan>
  /** Waits for the first record that fits. */
  record(fits: (log: ReceivedLog) => boolean): Promise<ReceivedLog>
  /** Waits for the one event of a name, of the request with a path if one is given. */
  event(name: string, path?: string): Promise<ReceivedLog>
  /** Points of a histogram as they arrived last. */
  points(name: string): readonly ReceivedPoint[]
  /** Ends the service, so that everything has arrived. */
  stop(): Promise<void>
}

/** How the service runs. */
export interface ServiceOptions {
  readonly node: TestNode
  readonly format?: 'cjs' | 'mjs'
  readonly env?: Readonly<Record<string, string>>
}

/** Starts the service on a free port. */
export async function startService({ node, format = 'cjs', env = {} }: ServiceOptions): Promise<RunningService> {
  const receiver = await startReceiver()
  const program = startProgram({
    node,
    file: await programFile(`service.${format}`, node),
    hook: format === 'cjs' ? 'require' : 'import',
    receiver,
    ready: /^port \d+$/,
    env: { DATABASE_URL: services.postgres.url, WORKER_FILE: await programFile('worker.mjs', node), ...env },
  })
  const port = Number((await program.ready).slice('port '.length))
  const record: RunningService['record'] = async (fits) => await receiver.waitFor(() => receiver.logs.find(fits))
  return {
    receiver,
    ask: async (path, headers = {}, how) => {
      const request = makeRequest({ host: '127.0.0.1', port, path, headers, method: how?.method ?? 'GET' })
      request.end(how?.body)
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      const text = (await response.setEncoding('utf8').toArray()).join('')
      return { status: response.statusCode ?? 0, text, headers: response.headers }
    },
    askRaw: async (...lines) => {
      const socket = connect(port, '127.0.0.1')
      socket.end(`${[...lines, 'host: shop.test', 'connection: close'].join('\r\n')}\r\n\r\n`)
      return (await socket.setEncoding('latin1').toArray()).join('')
    },
    server: async (path, traceId) =>
      await receiver.waitFor(() =>
        receiver.spans.find(
          (span) =>
            span.kind === 'SERVER' &&
            span.attributes['url.path'] === path &&
            (traceId === undefined || span.traceId === traceId),
        ),
      ),
    record,
    event: async (name, path) =>
      await record(
        ({ eventName, attributes }) => eventName === name && (path === undefined || attributes['url.path'] === path),
      ),
    points: (name) => receiver.metrics.findLast((metric) => metric.name === name)?.points ?? [],
    stop: async () => {
      program.kill('SIGTERM')
      await program.exited.catch(() => undefined)
      await receiver.close()
    },
  }
}
