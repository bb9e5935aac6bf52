import { putAnyField } from './any-value-writer.ts'
import { putAttributes, type AttributeSources } from './attribute-writer.ts'
import type { EncodeSession } from './encode-session.ts'
import { putTextValue } from './scalar-writer.ts'
import { putIdAt, type SpanId, type TraceId } from './span-ids.ts'
import { putTimeAt, repeatTimeAt, type UnixTime } from './unix-time.ts'
import { closeMessage, openMessage, putVarintField } from './wire-writer.ts'

/** A log record. */
export interface LogRecord extends AttributeSources {
  /** When it happened. */
  readonly time?: UnixTime | undefined
  /** When it was seen. */
  readonly observedTime?: UnixTime | undefined
  /** SeverityNumber of OpenTelemetry, 1 to 24. */
  readonly severityNumber?: number | undefined
  readonly severityText?: string | undefined
  /** Any value; it may be nested. */
  readonly body?: unknown
  readonly eventName?: string | undefined
  readonly traceId?: TraceId | undefined
  readonly spanId?: SpanId | undefined
  /** W3C trace flags of the span. @defaultValue 0 */
  readonly traceFlags?: number | undefined
}

// A number that OTLP has no name for makes receivers refuse the whole request.
const MAX_SEVERITY = 24
const TAG_RECORD = 0x12
const TAG_BODY = 0x2a
// Bytes that the length is taken to need: hardly a record has fewer than 128 bytes or more than 16383.
const RECORD_LENGTH = 2
// What the fields of fixed size take at most.
const FIXED_ROOM = 64

/** Writes a log record as one record of a scope. */
export function putLogRecord(s: EncodeSession, record: LogRecord): void {
  const { out, limits } = s
  const { body } = record
  const content = openMessage(out, TAG_RECORD, RECORD_LENGTH)
  putFixed(s, record)
  s.putText(0x1a, record.severityText, 'log.severity_text', s.severityTexts)
  s.putText(0x62, record.eventName, 'log.event_name', s.logEventNames)
  if (body !== undefined) putBody(s, body)
  s.beginAttributes('log.attribute', limits.logAttributes, limits.logValueLength)
  const dropped = putAttributes(
    s,
    0x32,
    record.attributes,
    record.attributePairs,
    record.prepared,
    record.droppedAttributesCount,
  )
  if (dropped > 0) putVarintField(out, 0x38, dropped)
  closeMessage(out, content, RECORD_LENGTH)
}

function putBody(s: EncodeSession, body: unknown): void {
  const { out } = s
  s.carrier = 'log.body'
  s.cursor = s.keys.root
  if (typeof body !== 'string') {
    if (!putAnyField(s, TAG_BODY, body, undefined)) s.lose('attribute_invalid')
    return
  }
  s.reserveShort()
  if (s.bodies.put(out, TAG_BODY, body)) return
  const start = out.position
  const checked = s.checkText(body, undefined)
  putTextValue(s, TAG_BODY, checked)
  if (checked === body) s.bodies.note(body, out, start)
}

/** Writes times, severity and the span that the record belongs to. */
function putFixed(s: EncodeSession, record: LogRecord): void {
  const { out } = s
  const { time, observedTime, severityNumber, traceId } = record
  out.reserve(FIXED_ROOM)
  const { bytes } = out
  let at = out.position
  if (time !== undefined) {
    const before = at
    at = putTimeAt(out, at, 0x09, time)
    if (at === before) s.lose('time_invalid')
  }
  if (observedTime !== undefined) {
    const before = at
    at =
      observedTime === time && at > out.position ? repeatTimeAt(out, at, 0x59) : putTimeAt(out, at, 0x59, observedTime)
    if (at === before) s.lose('time_invalid')
  }
  if (severityNumber !== undefined && severityNumber > 0) {
    bytes[at] = 0x10
    bytes[at + 1] = severityNumber > MAX_SEVERITY ? MAX_SEVERITY : severityNumber & 0x1f
    at += 2
  }
  out.position = traceId === undefined ? at : putSpanReference(s, at, record, traceId)
}

/** Writes the span that the record belongs to; without a trace id that is none. */
function putSpanReference(s: EncodeSession, start: number, record: LogRecord, traceId: TraceId): number {
  const { out } = s
  const { spanId, traceFlags } = record
  let at = putIdAt(out, start, 0x4a, traceId, 4)
  if (at === start) {
    s.lose('id_invalid')
    return at
  }
  if (spanId !== undefined) {
    const before = at
    at = putIdAt(out, at, 0x52, spanId, 2)
    if (at === before) s.lose('id_invalid')
  }
  if (traceFlags !== undefined && traceFlags !== 0) {
    out.bytes[at] = 0x45
    out.view.setInt32(at + 1, traceFlags & 0xff, true)
    at += 5
  }
  return at
}
