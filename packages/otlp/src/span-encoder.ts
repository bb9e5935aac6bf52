import { putAttributes, type AttributeSources } from './attribute-writer.ts'
import type { EncodeSession } from './encode-session.ts'
import { putIdField, type SpanId, type TraceId } from './span-ids.ts'
import { putTimeField, type UnixTime } from './unix-time.ts'
import { closeMessage, openMessage, putFixed32Field, putVarintField } from './wire-writer.ts'

/** A span that has ended. */
export interface SpanRecord extends AttributeSources {
  readonly traceId: TraceId
  readonly spanId: SpanId
  readonly parentSpanId?: SpanId | undefined
  /** W3C tracestate, as it goes into a header. */
  readonly traceState?: string | undefined
  /** See `spanFlags`. */
  readonly flags: number
  readonly name: string
  /** SpanKind of the OpenTelemetry API: 0 internal, 1 server, 2 client, 3 producer, 4 consumer. */
  readonly kind: number
  readonly startTime: UnixTime
  readonly endTime: UnixTime
  readonly events?: readonly SpanEventRecord[] | undefined
  /** Events dropped before. @defaultValue 0 */
  readonly droppedEventsCount?: number | undefined
  readonly links?: readonly SpanLinkRecord[] | undefined
  /** Links dropped before. @defaultValue 0 */
  readonly droppedLinksCount?: number | undefined
  /** SpanStatusCode of the OpenTelemetry API: 0 unset, 1 OK, 2 error. @defaultValue 0 */
  readonly statusCode?: number | undefined
  readonly statusMessage?: string | undefined
}

/** An event of a span. */
export interface SpanEventRecord extends AttributeSources {
  readonly name: string
  readonly time: UnixTime
}

/** A link from a span to another one. */
export interface SpanLinkRecord extends AttributeSources {
  readonly traceId: TraceId
  readonly spanId: SpanId
  readonly traceState?: string | undefined
  /** See `spanFlags`. */
  readonly flags: number
}

const MAX_KIND = 4
const REMOTE_KNOWN = 0x100
const REMOTE = 0x200
const TAG_RECORD = 0x12
// Bytes that a length is taken to need: hardly a span has fewer than 128 bytes or more than 16383.
const SPAN_LENGTH = 2
const LINK_LENGTH = 1

/** The flags of a span or link: the W3C trace flags, and whether the parent (or the linked span) is in another process. */
export function spanFlags(traceFlags: number, isRemote: boolean): number {
  return (traceFlags & 0xff) | REMOTE_KNOWN | (isRemote ? REMOTE : 0)
}

/** Writes a span as one record of a scope. */
export function putSpan(s: EncodeSession, span: SpanRecord): void {
  const { out, limits } = s
  const content = openMessage(out, TAG_RECORD, SPAN_LENGTH)
  if (!putIdField(out, 0x0a, span.traceId, 4)) s.lose('id_invalid')
  if (!putIdField(out, 0x12, span.spanId, 2)) s.lose('id_invalid')
  s.putText(0x1a, span.traceState, 'span.tracestate')
  const { parentSpanId } = span
  if (parentSpanId !== undefined && parentSpanId !== '' && !putIdField(out, 0x22, parentSpanId, 2)) s.lose('id_invalid')
  s.putText(0x2a, span.name, 'span.name', s.spanNames)
  putVarintField(out, 0x30, kindOf(span.kind))
  if (!putTimeField(out, 0x39, span.startTime)) s.lose('time_invalid')
  if (!putTimeField(out, 0x41, span.endTime)) s.lose('time_invalid')
  s.beginAttributes('span.attribute', limits.spanAttributes, limits.spanValueLength)
  const dropped = putAttributes(
    s,
    0x4a,
    span.attributes,
    span.attributePairs,
    span.prepared,
    span.droppedAttributesCount,
  )
  if (dropped > 0) putVarintField(out, 0x50, dropped)
  if (span.events !== undefined || span.droppedEventsCount !== undefined) putEvents(s, span)
  if (span.links !== undefined || span.droppedLinksCount !== undefined) putLinks(s, span)
  putStatus(s, span)
  out.reserve(6)
  out.bytes[out.position++] = 0x85 // field 16 has a tag of two bytes
  putFixed32Field(out, 0x01, span.flags)
  closeMessage(out, content, SPAN_LENGTH)
}

function putEvents(s: EncodeSession, span: SpanRecord): void {
  const { out, limits } = s
  const events = span.events ?? []
  const over = Math.max(0, events.length - limits.spanEvents)
  let index = over
  for (; index < events.length && out.position < s.end; index++) {
    const event = events[index] as SpanEventRecord
    const guess = event.name === 'exception' ? 2 : 1 // it has a stack
    const content = openMessage(out, 0x5a, guess)
    if (!putTimeField(out, 0x09, event.time)) s.lose('time_invalid')
    s.putText(0x12, event.name, 'event.name', s.spanEventNames)
    s.beginAttributes('event.attribute', limits.eventAttributes, limits.spanValueLength)
    const dropped = putAttributes(
      s,
      0x1a,
      event.attributes,
      event.attributePairs,
      event.prepared,
      event.droppedAttributesCount,
    )
    if (dropped > 0) putVarintField(out, 0x20, dropped)
    closeMessage(out, content, guess)
  }
  const unwritten = events.length - index
  s.lose('event_limit', over)
  s.lose('record_size', unwritten)
  const dropped = over + unwritten + (span.droppedEventsCount ?? 0)
  if (dropped > 0) putVarintField(out, 0x60, dropped)
}

function putLinks(s: EncodeSession, span: SpanRecord): void {
  const { out, limits } = s
  const links = span.links ?? []
  const over = Math.max(0, links.length - limits.spanLinks)
  let index = over
  for (; index < links.length && out.position < s.end; index++) {
    const link = links[index] as SpanLinkRecord
    const content = openMessage(out, 0x6a, LINK_LENGTH)
    if (!putIdField(out, 0x0a, link.traceId, 4)) s.lose('id_invalid')
    if (!putIdField(out, 0x12, link.spanId, 2)) s.lose('id_invalid')
    s.putText(0x1a, link.traceState, 'link.tracestate')
    s.beginAttributes('link.attribute', limits.linkAttributes, limits.spanValueLength)
    const dropped = putAttributes(
      s,
      0x22,
      link.attributes,
      link.attributePairs,
      link.prepared,
      link.droppedAttributesCount,
    )
    if (dropped > 0) putVarintField(out, 0x28, dropped)
    putFixed32Field(out, 0x35, link.flags)
    closeMessage(out, content, LINK_LENGTH)
  }
  const unwritten = links.length - index
  s.lose('link_limit', over)
  s.lose('record_size', unwritten)
  const dropped = over + unwritten + (span.droppedLinksCount ?? 0)
  if (dropped > 0) putVarintField(out, 0x70, dropped)
}

/** SpanKind of OTLP; that of an internal span where the application gave what is none. */
function kindOf(kind: number): number {
  return Number.isInteger(kind) && kind >= 0 && kind <= MAX_KIND ? kind + 1 : 1
}

function putStatus(s: EncodeSession, span: SpanRecord): void {
  const { statusCode, statusMessage } = span
  if ((statusCode === undefined || statusCode === 0) && (statusMessage === undefined || statusMessage === '')) return
  const { out } = s
  const content = openMessage(out, 0x7a, 1)
  s.putText(0x12, statusMessage, 'span.status')
  // A number that OTLP has no name for makes receivers refuse the whole request.
  if (statusCode === 1 || statusCode === 2) putVarintField(out, 0x18, statusCode)
  closeMessage(out, content, 1)
}
