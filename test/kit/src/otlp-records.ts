import { MalformedError } from './otlp-decode.ts'
import type {
  ReceivedAttributes,
  ReceivedExemplar,
  ReceivedLog,
  ReceivedMetric,
  ReceivedPoint,
  ReceivedScope,
  ReceivedSpan,
} from './received.ts'
import type {
  WireAnyValue,
  WireBuckets,
  WireExemplar,
  WireKeyValue,
  WireLog,
  WireLogsRequest,
  WireMetric,
  WireMetricsRequest,
  WirePoint,
  WireResource,
  WireScope,
  WireSpan,
  WireTraceRequest,
} from './otlp-wire.ts'

const KINDS = ['INTERNAL', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const
const STATUS_CODES = ['UNSET', 'OK', 'ERROR'] as const
const TEMPORALITIES = [undefined, 'delta', 'cumulative'] as const

/**
 * Lists the spans of a decoded trace request, in order.
 *
 * @throws {MalformedError} if a record breaks a rule of OTLP that its types cannot tell, such as an id's length.
 */
export function listSpans(request: WireTraceRequest): ReceivedSpan[] {
  return request.resourceSpans.flatMap((group) => {
    const resource = readResource(group.resource)
    return group.scopeSpans.flatMap((part) => {
      const scope = readScope(part.scope)
      return part.spans.map((span) => readSpan(span, scope, resource))
    })
  })
}

/**
 * Lists the log records of a decoded logs request, in order.
 *
 * @throws {MalformedError} as {@link listSpans}.
 */
export function listLogs(request: WireLogsRequest): ReceivedLog[] {
  return request.resourceLogs.flatMap((group) => {
    const resource = readResource(group.resource)
    return group.scopeLogs.flatMap((part) => {
      const scope = readScope(part.scope)
      return part.logRecords.map((log) => readLog(log, scope, resource))
    })
  })
}

/**
 * Lists the metrics of a decoded metrics request, in order.
 *
 * @throws {MalformedError} as {@link listSpans}.
 */
export function listMetrics(request: WireMetricsRequest): ReceivedMetric[] {
  return request.resourceMetrics.flatMap((group) => {
    const resource = readResource(group.resource)
    return group.scopeMetrics.flatMap((part) => {
      const scope = readScope(part.scope)
      return part.metrics.map((metric) => readMetric(metric, scope, resource))
    })
  })
}

function readSpan(span: WireSpan, scope: ReceivedScope, resource: ReceivedAttributes): ReceivedSpan {
  const where = `span "${span.name}"`
  const parentSpanId = readOptionalId(span.parentSpanId, 8, `${where} parent_span_id`)
  const code = STATUS_CODES[span.status?.code ?? 0]
  const kind = KINDS[span.kind]
  if (code === undefined || kind === undefined) throw new MalformedError(`${where} has an unknown kind or status`)
  return {
    traceId: readId(span.traceId, 16, `${where} trace_id`),
    spanId: readId(span.spanId, 8, `${where} span_id`),
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    traceState: span.traceState,
    name: span.name,
    kind,
    startTimeUnixNano: span.startTimeUnixNano,
    endTimeUnixNano: span.endTimeUnixNano,
    durationMillis: Number(span.endTimeUnixNano - span.startTimeUnixNano) / 1e6,
    attributes: readAttributes(span.attributes, where),
    droppedAttributesCount: span.droppedAttributesCount,
    events: span.events.map((event) => ({
      name: event.name,
      timeUnixNano: event.timeUnixNano,
      attributes: readAttributes(event.attributes, `${where} event "${event.name}"`),
    })),
    links: span.links.map((link) => ({
      traceId: readId(link.traceId, 16, `${where} link trace_id`),
      spanId: readId(link.spanId, 8, `${where} link span_id`),
      traceState: link.traceState,
      attributes: readAttributes(link.attributes, `${where} link`),
      flags: link.flags,
    })),
    status: span.status?.message ? { code, message: span.status.message } : { code },
    scope,
    resource,
    flags: span.flags,
  }
}

function readLog(log: WireLog, scope: ReceivedScope, resource: ReceivedAttributes): ReceivedLog {
  const traceId = readOptionalId(log.traceId, 16, 'log record trace_id')
  const spanId = readOptionalId(log.spanId, 8, 'log record span_id')
  return {
    timeUnixNano: log.timeUnixNano,
    observedTimeUnixNano: log.observedTimeUnixNano,
    severityNumber: log.severityNumber,
    ...(log.severityText === '' ? {} : { severityText: log.severityText }),
    ...(log.eventName === '' ? {} : { eventName: log.eventName }),
    body: readValue(log.body, 'log record body'),
    attributes: readAttributes(log.attributes, 'log record'),
    droppedAttributesCount: log.droppedAttributesCount,
    ...(traceId === undefined ? {} : { traceId }),
    ...(spanId === undefined ? {} : { spanId }),
    flags: log.flags,
    scope,
    resource,
  }
}

function readMetric(metric: WireMetric, scope: ReceivedScope, resource: ReceivedAttributes): ReceivedMetric {
  const where = `metric "${metric.name}"`
  const { name, unit, description } = metric
  const about = { name, unit, description, scope, resource }
  const readPoints = (points: readonly WirePoint[]): ReceivedPoint[] => points.map((point) => readPoint(point, where))
  if (metric.gauge) return { ...about, type: 'gauge', points: readPoints(metric.gauge.dataPoints) }
  if (metric.summary) return { ...about, type: 'summary', points: readPoints(metric.summary.dataPoints) }
  const data = metric.sum ?? metric.histogram ?? metric.exponentialHistogram
  if (data === undefined || data === null) throw new MalformedError(`${where} has no data`)
  const temporality = TEMPORALITIES[data.aggregationTemporality]
  if (temporality === undefined) throw new MalformedError(`${where} has no aggregation temporality`)
  const points = readPoints(data.dataPoints)
  if (metric.sum) return { ...about, type: 'sum', temporality, monotonic: metric.sum.isMonotonic, points }
  return { ...about, type: metric.histogram ? 'histogram' : 'exponentialHistogram', temporality, points }
}

function readPoint(point: WirePoint, where: string): ReceivedPoint {
  const value = point.asDouble ?? point.asInt
  const buckets = point.bucketCounts?.map(Number)
  const bounds = point.explicitBounds
  if (buckets && bounds && buckets.length !== (buckets.length === 0 && bounds.length === 0 ? 0 : bounds.length + 1)) {
    throw new MalformedError(`${where} has ${buckets.length} buckets for ${bounds.length} bounds`)
  }
  return {
    attributes: readAttributes(point.attributes, where),
    startTimeUnixNano: point.startTimeUnixNano,
    timeUnixNano: point.timeUnixNano,
    exemplars: (point.exemplars ?? []).map((exemplar) => readExemplar(exemplar, where)),
    ...(value === undefined || value === null ? {} : { value: Number(value) }),
    ...(point.count === undefined ? {} : { count: Number(point.count) }),
    ...pick('sum', point.sum),
    ...pick('min', point.min),
    ...pick('max', point.max),
    ...(buckets === undefined ? {} : { buckets }),
    ...(bounds === undefined ? {} : { bounds }),
    ...pick('scale', point.scale),
    ...(point.zeroCount === undefined ? {} : { zeroCount: Number(point.zeroCount) }),
    ...pick('positive', readBuckets(point.positive)),
    ...pick('negative', readBuckets(point.negative)),
    ...pick('quantiles', point.quantileValues),
  }
}

function readBuckets(buckets: WireBuckets | null | undefined): { offset: number; buckets: number[] } | undefined {
  return buckets ? { offset: buckets.offset, buckets: buckets.bucketCounts.map(Number) } : undefined
}

function readExemplar(exemplar: WireExemplar, where: string): ReceivedExemplar {
  return {
    value: Number(exemplar.asDouble ?? exemplar.asInt ?? 0),
    timeUnixNano: exemplar.timeUnixNano,
    ...pick('traceId', readOptionalId(exemplar.traceId, 16, `${where} exemplar trace_id`)),
    ...pick('spanId', readOptionalId(exemplar.spanId, 8, `${where} exemplar span_id`)),
    attributes: readAttributes(exemplar.filteredAttributes, `${where} exemplar`),
  }
}

/** An object with the key when there is a value, else an empty one. */
function pick<K extends string, V>(key: K, value: V | null | undefined): Partial<Record<K, V>> {
  return value === undefined || value === null ? {} : ({ [key]: value } as Record<K, V>)
}

function readResource(resource: WireResource | null): ReceivedAttributes {
  return readAttributes(resource?.attributes ?? [], 'resource')
}

function readScope(scope: WireScope | null): ReceivedScope {
  return scope?.version ? { name: scope.name, version: scope.version } : { name: scope?.name ?? '' }
}

function readAttributes(list: readonly WireKeyValue[], where: string): ReceivedAttributes {
  const seen = new Set<string>()
  return Object.fromEntries(
    list.map(({ key, value }) => {
      if (seen.has(key)) throw new MalformedError(`${where} has the attribute ${key} twice`)
      seen.add(key)
      return [key, readValue(value, `${where} ${key}`)]
    }),
  )
}

function readValue(value: WireAnyValue | null, where: string): unknown {
  if (value === null) return undefined
  if (value.intValue !== undefined) {
    const integer = Number(value.intValue)
    return Number.isSafeInteger(integer) ? integer : value.intValue
  }
  if (value.arrayValue) return value.arrayValue.values.map((item) => readValue(item, where))
  if (value.kvlistValue) return readAttributes(value.kvlistValue.values, where)
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? value.bytesValue
}

function readId(bytes: Uint8Array, length: 8 | 16, where: string): string {
  const id = readOptionalId(bytes, length, where)
  if (id === undefined) throw new MalformedError(`${where} is missing`)
  return id
}

function readOptionalId(bytes: Uint8Array, length: 8 | 16, where: string): string | undefined {
  if (bytes.length === 0) return undefined
  if (bytes.length !== length) throw new MalformedError(`${where} has ${bytes.length} bytes instead of ${length}`)
  if (bytes.every((byte) => byte === 0)) throw new MalformedError(`${where} is all zero`)
  return Buffer.from(bytes).toString('hex')
}
