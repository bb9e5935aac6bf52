import { once } from 'node:events'
import { Agent, request as makeRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { fileURLToPath } from 'node:url'
import { startProgram, startReceiver } from '@plutus/test-kit'
import type { ReceivedLog, ReceivedSpan, Receiver, TestNode } from '@plutus/test-kit'
import { expect } from 'vitest'

/** The service of this story under the built hook, and what it sends. */
export interface RunningService {
  readonly receiver: Receiver
  readonly stderr: string
  /** Sends as many requests, a few at a time. */
  ask(path: string, count?: number, headers?: Readonly<Record<string, string>>): Promise<void>
  /** Orders something by a word. */
  order(word: 'load' | 'outside'): void
  /** Ends the service, so that everything has arrived. */
  end(): Promise<void>
  /** Stops whatever is left. */
  stop(): Promise<void>
}

const FILE = fileURLToPath(new URL('programs/service.cjs', import.meta.url))
const LANES = 8

/** Starts the service on a free port. */
export async function startService(node: TestNode, env: Readonly<Record<string, string>>): Promise<RunningService> {
  const receiver = await startReceiver()
  const program = startProgram({ node, file: FILE, receiver, ready: /^port \d+$/, env })
  const port = Number((await program.ready).slice('port '.length))
  const agent = new Agent({ keepAlive: true, maxSockets: LANES })
  const ask: RunningService['ask'] = async (path, count = 1, headers = {}) => {
    let left = count
    const lane = async (): Promise<void> => {
      while (left-- > 0) {
        const request = makeRequest({ host: '127.0.0.1', port, path, headers, agent })
        request.end()
        const [response] = (await once(request, 'response')) as [IncomingMessage]
        await response.toArray()
      }
    }
    await Promise.all(Array.from({ length: LANES }, lane))
  }
  return {
    receiver,
    get stderr() {
      return program.stderr
    },
    ask,
    order: (word) => program.write(`${word}\n`),
    end: async () => {
      program.write('end\n')
      expect((await program.exited).code).toBe(0)
      expect(receiver.malformed).toEqual([])
    },
    stop: async () => {
      agent.destroy()
      await program.stop()
      await receiver.close()
    },
  }
}

/** What arrived of one trace. */
export interface SentTrace {
  readonly traceId: string
  readonly spans: readonly ReceivedSpan[]
  readonly logs: readonly ReceivedLog[]
}

/** What arrived of the traces that have a server span of a path. */
export function tracesOf({ spans, logs }: Receiver, path: string): SentTrace[] {
  const ids = spans.filter(({ attributes }) => attributes['url.path'] === path).map(({ traceId }) => traceId)
  const [spansOf, logsOf] = [Map.groupBy(spans, ({ traceId }) => traceId), Map.groupBy(logs, ({ traceId }) => traceId)]
  return [...new Set(ids)].map((traceId) => ({
    traceId,
    spans: spansOf.get(traceId) ?? [],
    logs: logsOf.get(traceId) ?? [],
  }))
}

/** Names of everything in a trace, in the order of the alphabet; of spans between processes their kind. */
export function namesOf({ spans, logs }: SentTrace): string[] {
  return [
    ...spans.map(({ kind, name }) => (kind === 'INTERNAL' ? name : kind)),
    ...logs.map(({ body, eventName }) => (typeof body === 'string' ? body : (eventName ?? ''))),
  ].toSorted()
}

/** Last value of a metric by what an attribute says, summed over the others. */
export function sumBy({ metrics }: Receiver, name: string, attribute: string): Record<string, number> {
  const points = metrics.filter((metric) => metric.name === name).flatMap((metric) => metric.points)
  // Requests that are on their way at the same time may arrive in any order.
  const last = points.reduce((latest, { timeUnixNano }) => (timeUnixNano > latest ? timeUnixNano : latest), 0n)
  const sums: Record<string, number> = {}
  for (const point of points.filter(({ timeUnixNano }) => timeUnixNano === last)) {
    const key = String(point.attributes[attribute])
    sums[key] = (sums[key] ?? 0) + (point.value ?? point.count ?? 0)
  }
  return sums
}
