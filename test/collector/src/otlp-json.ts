import { randomBytes } from 'node:crypto'

/** A log record to send. */
export interface LogToSend {
  readonly attributes?: Readonly<Record<string, unknown>>
  readonly body?: unknown
  readonly eventName?: string
  readonly severity?: number
  readonly severityText?: string
  readonly traceId?: string
  /** When it was, in milliseconds since 1970. @defaultValue now */
  readonly at?: number
}

/** A span to send. */
export interface SpanToSend {
  readonly traceId: string
  readonly name?: string
  readonly attributes?: Readonly<Record<string, unknown>>
  readonly isError?: boolean
  readonly statusMessage?: string
  readonly durationMillis?: number
  readonly parentSpanId?: string
  readonly spanId?: string
  readonly traceState?: string
  readonly events?: readonly { readonly name: string; readonly attributes?: Readonly<Record<string, unknown>> }[]
  readonly links?: readonly { readonly attributes?: Readonly<Record<string, unknown>> }[]
}

/** Whose telemetry it is. */
export interface Sender {
  readonly resource?: Readonly<Record<string, unknown>>
  readonly scope?: string
}

const NANOS_PER_MILLI = 1_000_000n

/** A request with log records, as OTLP/JSON. */
export function logsRequest(logs: readonly LogToSend[], { resource = {}, scope = 'test' }: Sender = {}): object {
  const logRecords = logs.map(
    ({ attributes = {}, body, eventName, severity, severityText, traceId, at = Date.now() }) => ({
      timeUnixNano: String(BigInt(at) * NANOS_PER_MILLI),
      observedTimeUnixNano: now(),
      attributes: toAttributes(attributes),
      ...(body === undefined ? {} : { body: toValue(body) }),
      ...(eventName === undefined ? {} : { eventName }),
      ...(severity === undefined ? {} : { severityNumber: severity }),
      ...(severityText === undefined ? {} : { severityText }),
      ...(traceId === undefined ? {} : { traceId, spanId: newSpanId() }),
    }),
  )
  return {
    resourceLogs: [
      { resource: { attributes: toAttributes(resource) }, scopeLogs: [{ scope: { name: scope }, logRecords }] },
    ],
  }
}

/** A request with spans, as OTLP/JSON. */
export function tracesRequest(spans: readonly SpanToSend[], { resource = {}, scope = 'test' }: Sender = {}): object {
  const sent = spans.map((span) => {
    const start = BigInt(Date.now()) * NANOS_PER_MILLI
    return {
      traceId: span.traceId,
      spanId: span.spanId ?? newSpanId(),
      ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
      ...(span.traceState === undefined ? {} : { traceState: span.traceState }),
      name: span.name ?? 'span',
      kind: 1,
      startTimeUnixNano: String(start),
      endTimeUnixNano: String(start + BigInt(span.durationMillis ?? 1) * NANOS_PER_MILLI),
      attributes: toAttributes(span.attributes ?? {}),
      events: (span.events ?? []).map(({ name, attributes = {} }) => ({
        timeUnixNano: String(start),
        name,
        attributes: toAttributes(attributes),
      })),
      links: (span.links ?? []).map(({ attributes = {} }) => ({
        traceId: newTraceId(),
        spanId: newSpanId(),
        attributes: toAttributes(attributes),
      })),
      status: { code: span.isError === true ? 2 : 0, ...(span.statusMessage ? { message: span.statusMessage } : {}) },
    }
  })
  return {
    resourceSpans: [
      { resource: { attributes: toAttributes(resource) }, scopeSpans: [{ scope: { name: scope }, spans: sent }] },
    ],
  }
}

/** A request with one counter, as OTLP/JSON: one that only grows, or a delta; with what is given, an exemplar that has it. */
export function metricsRequest(
  name: string,
  value: number,
  attributes: Readonly<Record<string, unknown>> = {},
  exemplar?: Readonly<Record<string, unknown>>,
  isDelta = false,
): object {
  const exemplars = exemplar && [
    { asInt: String(value), timeUnixNano: now(), filteredAttributes: toAttributes(exemplar) },
  ]
  const dataPoints = [
    {
      asInt: String(value),
      startTimeUnixNano: now(),
      timeUnixNano: now(),
      attributes: toAttributes(attributes),
      ...(exemplars && { exemplars }),
    },
  ]
  const metrics = [{ name, sum: { dataPoints, aggregationTemporality: isDelta ? 1 : 2, isMonotonic: true } }]
  return { resourceMetrics: [{ resource: {}, scopeMetrics: [{ scope: { name: 'test' }, metrics }] }] }
}

/** A trace id that nobody else has. */
export function newTraceId(): string {
  return randomBytes(16).toString('hex')
}

function newSpanId(): string {
  return randomBytes(8).toString('hex')
}

function now(): string {
  return String(BigInt(Date.now()) * NANOS_PER_MILLI)
}

function toAttributes(attributes: Readonly<Record<string, unknown>>): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: toValue(value) }))
}

function toValue(value: unknown): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'bigint') return { intValue: String(value) }
  if (Number.isNaN(value)) return { doubleValue: 'NaN' } // which JSON has no number for
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(toValue) } }
  if (typeof value === 'object' && value !== null) return { kvlistValue: { values: toAttributes({ ...value }) } }
  return {}
}
