import type { Attributes } from './attribute-writer.ts'
import { ByteBuffer } from './byte-buffer.ts'
import { EncodeSession } from './encode-session.ts'
import { resolveLimits, type EncoderLimits } from './limits.ts'
import { putLogRecord, type LogRecord } from './log-encoder.ts'
import type { EncodedKind, OnLoss } from './losses.ts'
import { putMetric, type MetricSnapshot } from './metric-encoder.ts'
import { PreparedAttributes } from './prepared-attributes.ts'
import type { Carrier, Redactor } from './redactor.ts'
import { putPreparable, putResource, putScope, type ResourceRecord, type ScopeRecord } from './shared-encoder.ts'
import { putSpan, type SpanRecord } from './span-encoder.ts'

/** How an encoder treats what it is given. */
export interface EncoderOptions {
  /** Sees everything that becomes bytes. By default nothing is changed, at no cost. */
  readonly redact?: Redactor | undefined
  readonly limits?: EncoderLimits | undefined
  /** Is told of everything that is cut, replaced or lost. */
  readonly onLoss?: OnLoss | undefined
}

/** A resource or a scope as bytes: the fields that stand before its content in a request. */
export type EncodedHeader = Uint8Array

/**
 * Turns telemetry into OTLP protobuf, in one pass from live values.
 *
 * No method throws. A record is appended to the buffer as one field of its scope, so that records of one scope may be
 * concatenated, cut apart at their ends, and put into a request by `assembleRequest`. A method that returns false has
 * appended nothing, and has told of it.
 */
export interface Encoder {
  encodeSpan(out: ByteBuffer, span: SpanRecord): boolean
  encodeLogRecord(out: ByteBuffer, record: LogRecord): boolean
  /** Points that do not fit the record are dropped; hand in a metric of thousands of points in parts. */
  encodeMetric(out: ByteBuffer, metric: MetricSnapshot): boolean
  encodeResource(resource: ResourceRecord): EncodedHeader
  encodeScope(scope: ScopeRecord): EncodedHeader
  /** Encodes attributes for many records, of any signal. @param carrier is told to the redactor; by default `span.attribute`. */
  prepareAttributes(attributes: Attributes, carrier?: Carrier): PreparedAttributes
}

const SHARED_BYTES = 1024
const EMPTY = new Uint8Array(0)

/**
 * Creates an encoder.
 *
 * @throws {PlutusOptionError} for a limit that is unknown or out of its range.
 * @example createEncoder().encodeLogRecord(new ByteBuffer(), { time: Date.now(), body: 'paid' }) // true
 */
export function createEncoder(options: EncoderOptions = {}): Encoder {
  const limits = resolveLimits(options.limits)
  const records = new EncodeSession(limits, options.redact, options.onLoss)
  // What records share is made on demand, perhaps while a record is in progress, so it has a state of its own.
  const shared = new EncodeSession(limits, options.redact, options.onLoss)

  const encodeHeader = <T>(put: (s: EncodeSession, what: T) => void, what: T): EncodedHeader => {
    const out = new ByteBuffer(SHARED_BYTES)
    return encode(shared, out, 'shared', put, what) ? out.written() : EMPTY
  }
  return {
    encodeSpan: (out, span) => encode(records, out, 'span', putSpan, span),
    encodeLogRecord: (out, record) => encode(records, out, 'log', putLogRecord, record),
    encodeMetric: (out, metric) => encode(records, out, 'metric', putMetric, metric),
    encodeResource: (resource) => encodeHeader(putResource, resource),
    encodeScope: (scope) => encodeHeader(putScope, scope),
    prepareAttributes: (attributes, carrier = 'span.attribute') => {
      let prepared = new PreparedAttributes(EMPTY, [], [0])
      encodeHeader((s) => {
        prepared = putPreparable(s, attributes, carrier)
      }, undefined)
      return prepared
    },
  }
}

/** Runs one encoding, so that it appends all or nothing. */
function encode<T>(
  s: EncodeSession,
  out: ByteBuffer,
  kind: EncodedKind,
  put: (s: EncodeSession, what: T) => void,
  what: T,
): boolean {
  if (s.busy) {
    s.lose('record_nested', 1, kind)
    return false
  }
  const start = out.position
  try {
    s.begin(out, kind)
    put(s, what)
    return true
  } catch {
    out.position = start
    s.path.length = 0
    s.lose('record_failed')
    return false
  } finally {
    s.busy = false
  }
}
