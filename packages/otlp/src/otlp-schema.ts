/** How a field's value is read from protobuf and written to OTLP/JSON. */
export type ScalarKind =
  | 'string'
  | 'bytes'
  | 'id' // bytes; hexadecimal digits once decoded
  | 'bool'
  | 'int32' // enums too
  | 'uint32'
  | 'sint32'
  | 'int64'
  | 'uint64'
  | 'fixed32'
  | 'fixed64'
  | 'sfixed64'
  | 'double'

/** A field of a message. */
export interface FieldSchema {
  /** Its name in OTLP/JSON. */
  readonly name: string
  readonly kind: ScalarKind | 'message'
  /** What the message is made of; only with kind `message`. */
  readonly message?: () => MessageSchema
  readonly repeated?: boolean
  /** Whether absence differs from the default value: members of a oneof, and optional fields. */
  readonly optional?: boolean
  /** Whether it is one of the message's alternatives, of which the last one counts. */
  readonly oneof?: boolean
}

/** Fields of a message by their number. */
export type MessageSchema = Readonly<Record<number, FieldSchema>>

type Flags = Omit<FieldSchema, 'name' | 'kind' | 'message'>

const scalar = (name: string, kind: ScalarKind, flags: Flags = {}): FieldSchema => ({ name, kind, ...flags })
const message = (name: string, of: () => MessageSchema, flags: Flags = {}): FieldSchema => ({
  name,
  kind: 'message',
  message: of,
  ...flags,
})
const many = (name: string, of: () => MessageSchema): FieldSchema => message(name, of, { repeated: true })
const ONEOF: Flags = { optional: true, oneof: true }
const OPTIONAL: Flags = { optional: true }
const REPEATED: Flags = { repeated: true }

// Numbers and types are those of opentelemetry-proto 1.x; fields of other signals (profiles) are left out.

const ANY_VALUE: MessageSchema = {
  1: scalar('stringValue', 'string', ONEOF),
  2: scalar('boolValue', 'bool', ONEOF),
  3: scalar('intValue', 'int64', ONEOF),
  4: scalar('doubleValue', 'double', ONEOF),
  5: message('arrayValue', () => ARRAY_VALUE, ONEOF),
  6: message('kvlistValue', () => KEY_VALUE_LIST, ONEOF),
  7: scalar('bytesValue', 'bytes', ONEOF),
}
const ARRAY_VALUE: MessageSchema = { 1: many('values', () => ANY_VALUE) }
const KEY_VALUE_LIST: MessageSchema = { 1: many('values', () => KEY_VALUE) }
const KEY_VALUE: MessageSchema = { 1: scalar('key', 'string'), 2: message('value', () => ANY_VALUE) }
const SCOPE: MessageSchema = {
  1: scalar('name', 'string'),
  2: scalar('version', 'string'),
  3: many('attributes', () => KEY_VALUE),
  4: scalar('droppedAttributesCount', 'uint32'),
}
const ENTITY_REF: MessageSchema = {
  1: scalar('schemaUrl', 'string'),
  2: scalar('type', 'string'),
  3: scalar('idKeys', 'string', REPEATED),
  4: scalar('descriptionKeys', 'string', REPEATED),
}
const RESOURCE: MessageSchema = {
  1: many('attributes', () => KEY_VALUE),
  2: scalar('droppedAttributesCount', 'uint32'),
  3: many('entityRefs', () => ENTITY_REF),
}

const EVENT: MessageSchema = {
  1: scalar('timeUnixNano', 'fixed64'),
  2: scalar('name', 'string'),
  3: many('attributes', () => KEY_VALUE),
  4: scalar('droppedAttributesCount', 'uint32'),
}
const LINK: MessageSchema = {
  1: scalar('traceId', 'id'),
  2: scalar('spanId', 'id'),
  3: scalar('traceState', 'string'),
  4: many('attributes', () => KEY_VALUE),
  5: scalar('droppedAttributesCount', 'uint32'),
  6: scalar('flags', 'fixed32'),
}
const STATUS: MessageSchema = { 2: scalar('message', 'string'), 3: scalar('code', 'int32') }
const SPAN: MessageSchema = {
  1: scalar('traceId', 'id'),
  2: scalar('spanId', 'id'),
  3: scalar('traceState', 'string'),
  4: scalar('parentSpanId', 'id'),
  5: scalar('name', 'string'),
  6: scalar('kind', 'int32'),
  7: scalar('startTimeUnixNano', 'fixed64'),
  8: scalar('endTimeUnixNano', 'fixed64'),
  9: many('attributes', () => KEY_VALUE),
  10: scalar('droppedAttributesCount', 'uint32'),
  11: many('events', () => EVENT),
  12: scalar('droppedEventsCount', 'uint32'),
  13: many('links', () => LINK),
  14: scalar('droppedLinksCount', 'uint32'),
  15: message('status', () => STATUS),
  16: scalar('flags', 'fixed32'),
}
const LOG_RECORD: MessageSchema = {
  1: scalar('timeUnixNano', 'fixed64'),
  2: scalar('severityNumber', 'int32'),
  3: scalar('severityText', 'string'),
  5: message('body', () => ANY_VALUE),
  6: many('attributes', () => KEY_VALUE),
  7: scalar('droppedAttributesCount', 'uint32'),
  8: scalar('flags', 'fixed32'),
  9: scalar('traceId', 'id'),
  10: scalar('spanId', 'id'),
  11: scalar('observedTimeUnixNano', 'fixed64'),
  12: scalar('eventName', 'string'),
}

const EXEMPLAR: MessageSchema = {
  2: scalar('timeUnixNano', 'fixed64'),
  3: scalar('asDouble', 'double', ONEOF),
  4: scalar('spanId', 'id'),
  5: scalar('traceId', 'id'),
  6: scalar('asInt', 'sfixed64', ONEOF),
  7: many('filteredAttributes', () => KEY_VALUE),
}
const NUMBER_POINT: MessageSchema = {
  2: scalar('startTimeUnixNano', 'fixed64'),
  3: scalar('timeUnixNano', 'fixed64'),
  4: scalar('asDouble', 'double', ONEOF),
  5: many('exemplars', () => EXEMPLAR),
  6: scalar('asInt', 'sfixed64', ONEOF),
  7: many('attributes', () => KEY_VALUE),
  8: scalar('flags', 'uint32'),
}
const HISTOGRAM_POINT: MessageSchema = {
  2: scalar('startTimeUnixNano', 'fixed64'),
  3: scalar('timeUnixNano', 'fixed64'),
  4: scalar('count', 'fixed64'),
  5: scalar('sum', 'double', OPTIONAL),
  6: scalar('bucketCounts', 'fixed64', REPEATED),
  7: scalar('explicitBounds', 'double', REPEATED),
  8: many('exemplars', () => EXEMPLAR),
  9: many('attributes', () => KEY_VALUE),
  10: scalar('flags', 'uint32'),
  11: scalar('min', 'double', OPTIONAL),
  12: scalar('max', 'double', OPTIONAL),
}
const EXPONENTIAL_BUCKETS: MessageSchema = {
  1: scalar('offset', 'sint32'),
  2: scalar('bucketCounts', 'uint64', REPEATED),
}
const EXPONENTIAL_POINT: MessageSchema = {
  1: many('attributes', () => KEY_VALUE),
  2: scalar('startTimeUnixNano', 'fixed64'),
  3: scalar('timeUnixNano', 'fixed64'),
  4: scalar('count', 'fixed64'),
  5: scalar('sum', 'double', OPTIONAL),
  6: scalar('scale', 'sint32'),
  7: scalar('zeroCount', 'fixed64'),
  8: message('positive', () => EXPONENTIAL_BUCKETS),
  9: message('negative', () => EXPONENTIAL_BUCKETS),
  10: scalar('flags', 'uint32'),
  11: many('exemplars', () => EXEMPLAR),
  12: scalar('min', 'double', OPTIONAL),
  13: scalar('max', 'double', OPTIONAL),
  14: scalar('zeroThreshold', 'double'),
}
const QUANTILE: MessageSchema = { 1: scalar('quantile', 'double'), 2: scalar('value', 'double') }
const SUMMARY_POINT: MessageSchema = {
  2: scalar('startTimeUnixNano', 'fixed64'),
  3: scalar('timeUnixNano', 'fixed64'),
  4: scalar('count', 'fixed64'),
  5: scalar('sum', 'double'),
  6: many('quantileValues', () => QUANTILE),
  7: many('attributes', () => KEY_VALUE),
  8: scalar('flags', 'uint32'),
}
const pointsOf = (of: () => MessageSchema): MessageSchema => ({
  1: many('dataPoints', of),
  2: scalar('aggregationTemporality', 'int32'),
})
const GAUGE: MessageSchema = { 1: many('dataPoints', () => NUMBER_POINT) }
const SUM: MessageSchema = { ...pointsOf(() => NUMBER_POINT), 3: scalar('isMonotonic', 'bool') }
const HISTOGRAM = pointsOf(() => HISTOGRAM_POINT)
const EXPONENTIAL_HISTOGRAM = pointsOf(() => EXPONENTIAL_POINT)
const SUMMARY: MessageSchema = { 1: many('dataPoints', () => SUMMARY_POINT) }
const METRIC: MessageSchema = {
  1: scalar('name', 'string'),
  2: scalar('description', 'string'),
  3: scalar('unit', 'string'),
  5: message('gauge', () => GAUGE, ONEOF),
  7: message('sum', () => SUM, ONEOF),
  9: message('histogram', () => HISTOGRAM, ONEOF),
  10: message('exponentialHistogram', () => EXPONENTIAL_HISTOGRAM, ONEOF),
  11: message('summary', () => SUMMARY, ONEOF),
  12: many('metadata', () => KEY_VALUE),
}

/** The three signals number the fields of a request alike; only their names differ. */
const requestOf = (
  resourceRecords: string,
  scopeRecords: string,
  records: string,
  record: MessageSchema,
): MessageSchema => {
  const scope: MessageSchema = {
    1: message('scope', () => SCOPE),
    2: many(records, () => record),
    3: scalar('schemaUrl', 'string'),
  }
  const resource: MessageSchema = {
    1: message('resource', () => RESOURCE),
    2: many(scopeRecords, () => scope),
    3: scalar('schemaUrl', 'string'),
  }
  return { 1: many(resourceRecords, () => resource) }
}

/** The export requests, by signal. */
export const REQUESTS = {
  traces: requestOf('resourceSpans', 'scopeSpans', 'spans', SPAN),
  logs: requestOf('resourceLogs', 'scopeLogs', 'logRecords', LOG_RECORD),
  metrics: requestOf('resourceMetrics', 'scopeMetrics', 'metrics', METRIC),
} as const

const PARTIAL_SUCCESS: MessageSchema = { 1: scalar('rejected', 'int64'), 2: scalar('errorMessage', 'string') }

/** The export responses, which all number their fields alike. */
export const RESPONSE: MessageSchema = { 1: message('partialSuccess', () => PARTIAL_SUCCESS) }
