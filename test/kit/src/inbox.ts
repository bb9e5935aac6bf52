import type { Fault, IncomingExport, Responder } from './faults.ts'
import { decodeJson, decodeProtobuf, MalformedError } from './otlp-decode.ts'
import { listLogs, listMetrics, listSpans } from './otlp-records.ts'
import { EXPORT_CALLS, type Signal } from './otlp-schema.ts'
import type { WireLogsRequest, WireMetricsRequest, WireTraceRequest } from './otlp-wire.ts'
import type { ReceivedLog, ReceivedMetric, ReceivedRequest, ReceivedSpan } from './received.ts'

/** What has arrived, oldest first. The arrays stay the same for the receiver's life. */
export interface Received {
  readonly spans: ReceivedSpan[]
  readonly logs: ReceivedLog[]
  readonly processEvents: ReceivedLog[]
  readonly metrics: ReceivedMetric[]
  readonly requests: ReceivedRequest[]
}

/** An accepted body: call `keep` once to add it to what has arrived. */
export interface Accepted {
  readonly items: number
  readonly keep: () => void
}

/** Decodes bodies, keeps what they hold, and knows the fault to inject; shared by both transports. */
export class Inbox {
  forgotten = 0
  readonly #received: Received
  readonly #maxItems: number
  #responder: Responder = () => undefined

  constructor(received: Received, maxItems: number) {
    this.#received = received
    this.#maxItems = maxItems
  }

  respond(fault: Fault | Responder | undefined): void {
    this.#responder = typeof fault === 'function' ? fault : () => fault
  }

  faultFor(request: IncomingExport): Fault {
    return this.#responder(request) ?? {}
  }

  /** @throws {MalformedError} if the body is not an export request of that signal. */
  read(signal: Signal, body: Buffer, isJson: boolean): Accepted {
    const call = EXPORT_CALLS[signal]
    const request = isJson ? decodeJson(call, readUtf8(body)) : decodeProtobuf(call, body)
    const { spans, metrics } = this.#received
    if (signal === 'traces') return this.#accept(spans, listSpans(request as WireTraceRequest))
    if (signal === 'logs') return this.#acceptLogs(listLogs(request as WireLogsRequest))
    return this.#accept(metrics, listMetrics(request as WireMetricsRequest))
  }

  record(request: ReceivedRequest): void {
    this.#append(this.#received.requests, [request])
  }

  clear(): void {
    for (const list of Object.values(this.#received)) list.length = 0
  }

  describe(): string {
    const { spans, logs, metrics, requests } = this.#received
    const names = [...new Set([...spans, ...metrics].map((item) => item.name))].slice(0, 30).join(', ')
    const refused = requests.filter((request) => request.status !== 200)
    const reasons = refused.slice(0, 5).map(({ path, status, malformed = '' }) => `${path} ${status} ${malformed}`)
    return (
      `received ${spans.length} spans, ${logs.length} logs, ${metrics.length} metrics in ${requests.length} requests` +
      (names === '' ? '' : ` (${names})`) +
      (reasons.length === 0 ? '' : `; refused: ${reasons.join(', ')}`)
    )
  }

  #accept<T>(list: T[], items: readonly T[]): Accepted {
    return { items: items.length, keep: () => this.#append(list, items) }
  }

  #acceptLogs(items: readonly ReceivedLog[]): Accepted {
    const { logs, processEvents } = this.#received
    const keep = (): void => {
      this.#append(
        processEvents,
        items.filter((log) => isProcessEvent(log)),
      )
      this.#append(
        logs,
        items.filter((log) => !isProcessEvent(log)),
      )
    }
    return { items: items.length, keep }
  }

  #append<T>(list: T[], items: readonly T[]): void {
    for (const item of items) list.push(item)
    const excess = list.length - this.#maxItems
    if (excess <= 0) return
    // A tenth more than needed: dropping one at a time would move the whole list for each request.
    const dropped = Math.min(list.length, excess + Math.floor(this.#maxItems / 10))
    list.splice(0, dropped)
    this.forgotten += dropped
  }
}

function isProcessEvent({ eventName }: ReceivedLog): boolean {
  return eventName === 'process.started' || eventName === 'process.stopped'
}

function readUtf8(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch (error) {
    throw new MalformedError('body must be UTF-8', { cause: error })
  }
}
