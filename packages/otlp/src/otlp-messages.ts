/** A value as it was decoded; at most one member is there, none for an empty value. */
export interface DecodedValue {
  readonly stringValue?: string
  readonly boolValue?: boolean
  readonly intValue?: bigint
  readonly doubleValue?: number
  readonly arrayValue?: { readonly values: readonly DecodedValue[] }
  readonly kvlistValue?: { readonly values: readonly DecodedKeyValue[] }
  readonly bytesValue?: Uint8Array
}

/** An attribute, or a member of a map. */
export interface DecodedKeyValue {
  readonly key: string
  readonly value?: DecodedValue
}

/** What all messages with attributes have. */
interface WithAttributes {
  readonly attributes: readonly DecodedKeyValue[]
  readonly droppedAttributesCount: number
}

/** A resource. */
export interface DecodedResource extends WithAttributes {
  readonly entityRefs: readonly DecodedEntityRef[]
}

/** Which of a resource's attributes identify and describe an entity. */
export interface DecodedEntityRef {
  readonly schemaUrl: string
  readonly type: string
  readonly idKeys: readonly string[]
  readonly descriptionKeys: readonly string[]
}

/** An instrumentation scope. */
export interface DecodedScope extends WithAttributes {
  readonly name: string
  readonly version: string
}

/** ExportTraceServiceRequest. */
export interface DecodedTraceRequest {
  readonly resourceSpans: readonly {
    readonly resource?: DecodedResource
    readonly scopeSpans: readonly {
      readonly scope?: DecodedScope
      readonly spans: readonly DecodedSpan[]
      readonly schemaUrl: string
    }[]
    readonly schemaUrl: string
  }[]
}

/** A span; ids are hexadecimal, times are nanoseconds since the epoch, `kind` is that of OTLP (1 internal, 2 server, …). */
export interface DecodedSpan extends WithAttributes {
  readonly traceId: string
  readonly spanId: string
  readonly traceState: string
  readonly parentSpanId: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: bigint
  readonly endTimeUnixNano: bigint
  readonly events: readonly DecodedEvent[]
  readonly droppedEventsCount: number
  readonly links: readonly DecodedLink[]
  readonly droppedLinksCount: number
  readonly status?: { readonly message: string; readonly code: number }
  readonly flags: number
}

/** An event of a span. */
export interface DecodedEvent extends WithAttributes {
  readonly timeUnixNano: bigint
  readonly name: string
}

/** A link of a span. */
export interface DecodedLink extends WithAttributes {
  readonly traceId: string
  readonly spanId: string
  readonly traceState: string
  readonly flags: number
}

/** ExportLogsServiceRequest. */
export interface DecodedLogsRequest {
  readonly resourceLogs: readonly {
    readonly resource?: DecodedResource
    readonly scopeLogs: readonly {
      readonly scope?: DecodedScope
      readonly logRecords: readonly DecodedLogRecord[]
      readonly schemaUrl: string
    }[]
    readonly schemaUrl: string
  }[]
}

/** A log record; ids are hexadecimal, times are nanoseconds since the epoch. */
export interface DecodedLogRecord extends WithAttributes {
  readonly timeUnixNano: bigint
  readonly observedTimeUnixNano: bigint
  readonly severityNumber: number
  readonly severityText: string
  readonly body?: DecodedValue
  readonly flags: number
  readonly traceId: string
  readonly spanId: string
  readonly eventName: string
}

/** ExportMetricsServiceRequest. */
export interface DecodedMetricsRequest {
  readonly resourceMetrics: readonly {
    readonly resource?: DecodedResource
    readonly scopeMetrics: readonly {
      readonly scope?: DecodedScope
      readonly metrics: readonly DecodedMetric[]
      readonly schemaUrl: string
    }[]
    readonly schemaUrl: string
  }[]
}

/** A metric; one of the five kinds of data is there. `aggregationTemporality` is 1 for delta, 2 for cumulative. */
export interface DecodedMetric {
  readonly name: string
  readonly description: string
  readonly unit: string
  readonly gauge?: { readonly dataPoints: readonly DecodedNumberPoint[] }
  readonly sum?: {
    readonly dataPoints: readonly DecodedNumberPoint[]
    readonly aggregationTemporality: number
    readonly isMonotonic: boolean
  }
  readonly histogram?: {
    readonly dataPoints: readonly DecodedHistogramPoint[]
    readonly aggregationTemporality: number
  }
  readonly exponentialHistogram?: {
    readonly dataPoints: readonly DecodedExponentialPoint[]
    readonly aggregationTemporality: number
  }
  readonly summary?: { readonly dataPoints: readonly DecodedSummaryPoint[] }
  readonly metadata: readonly DecodedKeyValue[]
}

/** What all points have. */
interface DecodedPoint {
  readonly attributes: readonly DecodedKeyValue[]
  readonly startTimeUnixNano: bigint
  readonly timeUnixNano: bigint
  readonly flags: number
}

/** A point of a gauge or sum. */
export interface DecodedNumberPoint extends DecodedPoint {
  readonly asDouble?: number
  readonly asInt?: bigint
  readonly exemplars: readonly DecodedExemplar[]
}

/** A point of a histogram. */
export interface DecodedHistogramPoint extends DecodedPoint {
  readonly count: bigint
  readonly sum?: number
  readonly bucketCounts: readonly bigint[]
  readonly explicitBounds: readonly number[]
  readonly min?: number
  readonly max?: number
  readonly exemplars: readonly DecodedExemplar[]
}

/** A point of an exponential histogram. */
export interface DecodedExponentialPoint extends DecodedPoint {
  readonly count: bigint
  readonly sum?: number
  readonly scale: number
  readonly zeroCount: bigint
  readonly zeroThreshold: number
  readonly positive?: { readonly offset: number; readonly bucketCounts: readonly bigint[] }
  readonly negative?: { readonly offset: number; readonly bucketCounts: readonly bigint[] }
  readonly min?: number
  readonly max?: number
  readonly exemplars: readonly DecodedExemplar[]
}

/** A point of a summary. */
export interface DecodedSummaryPoint extends DecodedPoint {
  readonly count: bigint
  readonly sum: number
  readonly quantileValues: readonly { readonly quantile: number; readonly value: number }[]
}

/** A measurement that stands for others. */
export interface DecodedExemplar {
  readonly filteredAttributes: readonly DecodedKeyValue[]
  readonly timeUnixNano: bigint
  readonly asDouble?: number
  readonly asInt?: bigint
  readonly spanId: string
  readonly traceId: string
}
