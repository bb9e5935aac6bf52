// Export requests as `otlp-decode.ts` gives them: every field present, an unset message null, members of a
// `oneof` and `optional` fields absent when unset.

export interface WireAnyValue {
  readonly stringValue?: string
  readonly boolValue?: boolean
  readonly intValue?: bigint
  readonly doubleValue?: number
  readonly arrayValue?: { readonly values: readonly WireAnyValue[] }
  readonly kvlistValue?: { readonly values: readonly WireKeyValue[] }
  readonly bytesValue?: Uint8Array
}

export interface WireKeyValue {
  readonly key: string
  readonly value: WireAnyValue | null
}

export interface WireScope {
  readonly name: string
  readonly version: string
}

export interface WireResource {
  readonly attributes: readonly WireKeyValue[]
}

export interface WireTraceRequest {
  readonly resourceSpans: readonly {
    readonly resource: WireResource | null
    readonly scopeSpans: readonly { readonly scope: WireScope | null; readonly spans: readonly WireSpan[] }[]
  }[]
}

export interface WireSpan {
  readonly traceId: Uint8Array
  readonly spanId: Uint8Array
  readonly traceState: string
  readonly parentSpanId: Uint8Array
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: bigint
  readonly endTimeUnixNano: bigint
  readonly attributes: readonly WireKeyValue[]
  readonly droppedAttributesCount: number
  readonly events: readonly {
    readonly timeUnixNano: bigint
    readonly name: string
    readonly attributes: readonly WireKeyValue[]
  }[]
  readonly links: readonly {
    readonly traceId: Uint8Array
    readonly spanId: Uint8Array
    readonly traceState: string
    readonly attributes: readonly WireKeyValue[]
    readonly flags: number
  }[]
  readonly status: { readonly message: string; readonly code: number } | null
  readonly flags: number
}

export interface WireLogsRequest {
  readonly resourceLogs: readonly {
    readonly resource: WireResource | null
    readonly scopeLogs: readonly { readonly scope: WireScope | null; readonly logRecords: readonly WireLog[] }[]
  }[]
}

export interface WireLog {
  readonly timeUnixNano: bigint
  readonly observedTimeUnixNano: bigint
  readonly severityNumber: number
  readonly severityText: string
  readonly eventName: string
  readonly body: WireAnyValue | null
  readonly attributes: readonly WireKeyValue[]
  readonly droppedAttributesCount: number
  readonly flags: number
  readonly traceId: Uint8Array
  readonly spanId: Uint8Array
}

export interface WireMetricsRequest {
  readonly resourceMetrics: readonly {
    readonly resource: WireResource | null
    readonly scopeMetrics: readonly { readonly scope: WireScope | null; readonly metrics: readonly WireMetric[] }[]
  }[]
}

export interface WireMetric {
  readonly name: string
  readonly unit: string
  readonly description: string
  readonly gauge?: { readonly dataPoints: readonly WirePoint[] } | null
  readonly sum?: (WireAggregate & { readonly isMonotonic: boolean }) | null
  readonly histogram?: WireAggregate | null
  readonly exponentialHistogram?: WireAggregate | null
  readonly summary?: { readonly dataPoints: readonly WirePoint[] } | null
}

interface WireAggregate {
  readonly dataPoints: readonly WirePoint[]
  readonly aggregationTemporality: number
}

/** A data point of any type. */
export interface WirePoint {
  readonly attributes: readonly WireKeyValue[]
  readonly startTimeUnixNano: bigint
  readonly timeUnixNano: bigint
  readonly exemplars?: readonly WireExemplar[]
  readonly asDouble?: number | null
  readonly asInt?: bigint | null
  readonly count?: bigint
  readonly sum?: number | null
  readonly min?: number | null
  readonly max?: number | null
  readonly bucketCounts?: readonly bigint[]
  readonly explicitBounds?: readonly number[]
  readonly scale?: number
  readonly zeroCount?: bigint
  readonly positive?: WireBuckets | null
  readonly negative?: WireBuckets | null
  readonly quantileValues?: readonly { readonly quantile: number; readonly value: number }[]
}

export interface WireBuckets {
  readonly offset: number
  readonly bucketCounts: readonly bigint[]
}

export interface WireExemplar {
  readonly asDouble?: number | null
  readonly asInt?: bigint | null
  readonly timeUnixNano: bigint
  readonly traceId: Uint8Array
  readonly spanId: Uint8Array
  readonly filteredAttributes: readonly WireKeyValue[]
}
