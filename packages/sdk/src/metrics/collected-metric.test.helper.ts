import { decodeMetricsRequest, toPlainAttributes } from '@plutus/otlp'
import type { DecodedHistogramPoint, DecodedMetric, DecodedNumberPoint } from '@plutus/otlp'

/** A point as it stands on the wire; times are milliseconds since the epoch. */
export interface CollectedPoint {
  readonly attributes: Record<string, unknown>
  readonly start: number
  readonly time: number
  /** Of a gauge or sum; a bigint where it was written as an integer. */
  readonly value?: number | bigint | undefined
  readonly count?: number
  readonly sum?: number | undefined
  readonly min?: number | undefined
  readonly max?: number | undefined
  readonly bounds?: readonly number[]
  readonly buckets?: readonly number[]
}

/** A metric as it stands on the wire. */
export interface CollectedMetric {
  readonly scope: string
  readonly version: string
  readonly schemaUrl: string
  readonly scopeAttributes: Record<string, unknown>
  readonly name: string
  readonly unit: string
  readonly description: string
  readonly kind: 'gauge' | 'sum' | 'histogram'
  readonly temporality?: 'delta' | 'cumulative' | undefined
  readonly monotonic?: boolean
  readonly points: CollectedPoint[]
}

const TEMPORALITIES = [undefined, 'delta', 'cumulative'] as const

/** Reads an export request; throws if it is not one. */
export function readMetrics(request: Uint8Array): CollectedMetric[] {
  const decoded = decodeMetricsRequest(request)
  if (!decoded.ok) throw new Error(`not an export request: ${decoded.code}`)
  return decoded.value.resourceMetrics.flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap(({ scope, schemaUrl, metrics }) =>
      metrics.map((metric) => ({
        scope: scope?.name ?? '',
        version: scope?.version ?? '',
        schemaUrl,
        scopeAttributes: toPlainAttributes(scope?.attributes ?? []),
        ...readMetric(metric),
      })),
    ),
  )
}

function readMetric(metric: DecodedMetric) {
  const { name, unit, description, gauge, sum, histogram } = metric
  const identity = { name, unit, description }
  if (gauge !== undefined) return { ...identity, kind: 'gauge' as const, points: gauge.dataPoints.map(readNumber) }
  if (sum !== undefined) {
    const temporality = TEMPORALITIES[sum.aggregationTemporality]
    const points = sum.dataPoints.map(readNumber)
    return { ...identity, kind: 'sum' as const, temporality, monotonic: sum.isMonotonic, points }
  }
  const temporality = TEMPORALITIES[histogram?.aggregationTemporality ?? 0]
  return {
    ...identity,
    kind: 'histogram' as const,
    temporality,
    points: histogram?.dataPoints.map(readHistogram) ?? [],
  }
}

function readNumber({ asInt, asDouble, ...point }: DecodedNumberPoint): CollectedPoint {
  return { ...readTimes(point), value: asInt ?? asDouble }
}

function readHistogram(point: DecodedHistogramPoint): CollectedPoint {
  const { count, sum, min, max, explicitBounds, bucketCounts } = point
  return {
    ...readTimes(point),
    count: Number(count),
    sum,
    min,
    max,
    bounds: explicitBounds,
    buckets: bucketCounts.map(Number),
  }
}

function readTimes(point: Pick<DecodedNumberPoint, 'attributes' | 'startTimeUnixNano' | 'timeUnixNano'>) {
  return {
    attributes: toPlainAttributes(point.attributes),
    start: Number(point.startTimeUnixNano / 1_000_000n),
    time: Number(point.timeUnixNano / 1_000_000n),
  }
}
