import type { Protocol } from './faults.ts'
import type { Signal } from './otlp-schema.ts'

/** Where a record comes from in the code: the tracer, meter or logger that wrote it. */
export interface ReceivedScope {
  readonly name: string
  readonly version?: string
}

/** Attributes by key. Integers are numbers where they are safe, else bigint; bytes are `Uint8Array`. */
export type ReceivedAttributes = Readonly<Record<string, unknown>>

export interface ReceivedSpanEvent {
  readonly name: string
  readonly timeUnixNano: bigint
  readonly attributes: ReceivedAttributes
}

export interface ReceivedSpanLink {
  readonly traceId: string
  readonly spanId: string
  readonly traceState: string
  readonly attributes: ReceivedAttributes
  readonly flags: number
}

/** A span as it arrived; ids are lower-case hexadecimal. */
export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  /** Absent on a root span. */
  readonly parentSpanId?: string
  readonly traceState: string
  readonly name: string
  readonly kind: 'SERVER' | 'CLIENT' | 'INTERNAL' | 'PRODUCER' | 'CONSUMER'
  readonly startTimeUnixNano: bigint
  readonly endTimeUnixNano: bigint
  /** End minus start, in milliseconds with fractions. */
  readonly durationMillis: number
  readonly attributes: ReceivedAttributes
  readonly droppedAttributesCount: number
  readonly events: readonly ReceivedSpanEvent[]
  readonly links: readonly ReceivedSpanLink[]
  readonly status: { readonly code: 'UNSET' | 'OK' | 'ERROR'; readonly message?: string }
  readonly scope: ReceivedScope
  readonly resource: ReceivedAttributes
  /** W3C trace flags in the lowest byte; bits 8 and 9 tell whether the parent is remote. */
  readonly flags: number
}

/** A log record as it arrived; ids are lower-case hexadecimal and absent when unset. */
export interface ReceivedLog {
  readonly timeUnixNano: bigint
  readonly observedTimeUnixNano: bigint
  readonly severityNumber: number
  readonly severityText?: string
  readonly eventName?: string
  readonly body: unknown
  readonly attributes: ReceivedAttributes
  readonly droppedAttributesCount: number
  readonly traceId?: string
  readonly spanId?: string
  readonly flags: number
  readonly scope: ReceivedScope
  readonly resource: ReceivedAttributes
}

export interface ReceivedExemplar {
  readonly value: number
  readonly timeUnixNano: bigint
  readonly traceId?: string
  readonly spanId?: string
  readonly attributes: ReceivedAttributes
}

/** One data point; which members are present depends on the metric's type. Integers above 2^53 lose precision. */
export interface ReceivedPoint {
  readonly attributes: ReceivedAttributes
  readonly startTimeUnixNano: bigint
  readonly timeUnixNano: bigint
  readonly exemplars: readonly ReceivedExemplar[]
  /** Gauge and sum. */
  readonly value?: number
  /** Histograms and summary. */
  readonly count?: number
  readonly sum?: number
  readonly min?: number
  readonly max?: number
  /** Histogram: upper bounds, in the metric's unit. */
  readonly bounds?: readonly number[]
  /** Histogram: counts, one more than there are bounds. */
  readonly buckets?: readonly number[]
  /** Exponential histogram. */
  readonly scale?: number
  readonly zeroCount?: number
  readonly positive?: { readonly offset: number; readonly buckets: readonly number[] }
  readonly negative?: { readonly offset: number; readonly buckets: readonly number[] }
  /** Summary. */
  readonly quantiles?: readonly { readonly quantile: number; readonly value: number }[]
}

/** A metric of one export: each collection cycle of the sender gives another one. */
export interface ReceivedMetric {
  readonly name: string
  readonly unit: string
  readonly description: string
  readonly type: 'gauge' | 'sum' | 'histogram' | 'exponentialHistogram' | 'summary'
  /** Absent for gauge and summary, which have none. */
  readonly temporality?: 'delta' | 'cumulative'
  /** Sum only. */
  readonly monotonic?: boolean
  readonly points: readonly ReceivedPoint[]
  readonly scope: ReceivedScope
  readonly resource: ReceivedAttributes
}

/** A request that reached the receiver, accepted or not. */
export interface ReceivedRequest {
  /** Undefined for a path that OTLP does not have. */
  readonly signal?: Signal
  readonly protocol: Protocol
  readonly path: string
  /** Names in lower case; several values joined by a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** Body bytes read, as sent. */
  readonly bytes: number
  /** Spans, log records or metrics accepted. */
  readonly items: number
  /** HTTP status answered, over gRPC the one that OTLP pairs with the code; 0 if cut or never answered. */
  readonly status: number
  /** gRPC code answered. */
  readonly grpcStatus?: number
  /** Why the body is not OTLP. */
  readonly malformed?: string
}
