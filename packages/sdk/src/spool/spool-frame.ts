import { findRecordEnd } from '@plutus/otlp'
import type { EncodedHeader } from '@plutus/otlp'
import type { Signal } from '../delivery/settings.ts'

/** What a journal of a spool holds. */
export type SpoolKind = 'durable' | 'logs' | 'traces' | 'refused'

/** What stands at the head of each segment: with it and the frames everything can be sent. */
export interface SpoolLabel {
  readonly kind: SpoolKind
  readonly signal: Signal
  /** What the records come from, as the fields that stand before the scopes of a request. */
  readonly resource: EncodedHeader
}

/** The records of one frame. */
export interface SpoolRecords {
  /** What they come from, in the form of a label's, where that is not what the label tells. */
  readonly resource: EncodedHeader | undefined
  /** The scope that they come from, as the fields that stand before its records. */
  readonly scope: EncodedHeader
  /** The records, one after the other. */
  readonly records: Uint8Array
}

/** Journals of a spool, in the order in which they are sent. */
export const SPOOL_KINDS: readonly SpoolKind[] = ['durable', 'logs', 'traces', 'refused']

const NOTHING = new Uint8Array(0)
const VERSION = 1
const LABEL_HEAD_BYTES = 2
const MAX_LABEL_BYTES = 65_535
const SIGNALS: Readonly<Record<SpoolKind, Signal>> = {
  durable: 'logs',
  logs: 'logs',
  traces: 'traces',
  refused: 'logs',
}
// Field 2 of ResourceLogs and ResourceSpans: a frame is a piece of a request as it stands.
const TAG_SCOPE_RECORDS = 0x12
// Field 1 of them, and 3, which stand before it where the records come from something else: a worker thread.
const TAG_RESOURCE = 0x0a
const TAG_SCOPE = 0x0a
const TAG_SCHEMA_URL = 0x1a
// Protobuf allows lengths that are longer than they need be, so that they can be written without being measured first.
const LENGTH_BYTES = 4
const HEAD_BYTES = 1 + LENGTH_BYTES
const MAX_VARINT_BYTES = 5
// Frames as long as this, and what stands before their records, fit what a journal reads at once: 64 KiB.
const LONG_FRAME_BYTES = 60 * 1024

/** The signal whose records a journal of this kind holds. */
export function signalOf(kind: SpoolKind): Signal {
  return SIGNALS[kind]
}

/** Writes a label. A resource that it has no room for is left out. */
export function writeLabel(kind: SpoolKind, resource: EncodedHeader): Uint8Array {
  const kept = LABEL_HEAD_BYTES + resource.length > MAX_LABEL_BYTES ? new Uint8Array(0) : resource
  return Uint8Array.from([VERSION, SPOOL_KINDS.indexOf(kind), ...kept])
}

/** Reads a label; `undefined` for one of another version. */
export function readLabel(label: Uint8Array): SpoolLabel | undefined {
  const kind = label[0] === VERSION ? SPOOL_KINDS[label[1] ?? -1] : undefined
  return kind && { kind, signal: SIGNALS[kind], resource: label.subarray(LABEL_HEAD_BYTES) }
}

/** Writes frames into memory of its own, which the next frame overwrites. */
export class FrameWriter {
  #buffer = Buffer.allocUnsafeSlow(16 * 1024)

  /**
   * Puts records of one scope, `bytes` from `start` to `end`, into a frame: a ScopeLogs or ScopeSpans field.
   *
   * @param resource What they come from, where that is not what the label tells.
   */
  write(
    scope: EncodedHeader,
    bytes: Uint8Array,
    start: number,
    end: number,
    resource: EncodedHeader = NOTHING,
  ): Uint8Array {
    const length = scope.length + end - start
    const at = resource.length
    const total = at + HEAD_BYTES + length
    if (total > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(2 * total)
    const buffer = this.#buffer
    if (at > 0) buffer.set(resource)
    buffer[at] = TAG_SCOPE_RECORDS
    buffer[at + 1] = (length & 0x7f) | 0x80
    buffer[at + 2] = ((length >>> 7) & 0x7f) | 0x80
    buffer[at + 3] = ((length >>> 14) & 0x7f) | 0x80
    buffer[at + 4] = (length >>> 21) & 0x7f
    buffer.set(scope, at + HEAD_BYTES)
    buffer.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), at + HEAD_BYTES + scope.length)
    return buffer.subarray(0, total)
  }
}

/**
 * Finds where a frame of ordinary records ends that begins at `start`, so that no turn of the event loop has to read much
 * at once. It has whole records, one at least.
 */
export function findFrameEnd(bytes: Uint8Array, start: number, end: number): number {
  if (end - start <= LONG_FRAME_BYTES) return end
  let frameEnd = start
  for (let next = findRecordEnd(bytes, start); next !== -1; next = findRecordEnd(bytes, next)) {
    if (next - start > LONG_FRAME_BYTES && frameEnd > start) return frameEnd
    frameEnd = next
    if (frameEnd >= end) break
  }
  return end
}

/** Finds scope and records in a frame; `undefined` for bytes that are none. */
export function readFrame(frame: Uint8Array): SpoolRecords | undefined {
  const start = skipFields(frame, 0, TAG_RESOURCE)
  const from = start === undefined ? undefined : readLength(frame, start, TAG_SCOPE_RECORDS)
  if (start === undefined || from === undefined || from.end !== frame.length) return undefined
  const at = skipFields(frame, from.start, TAG_SCOPE)
  if (at === undefined) return undefined
  const resource = start === 0 ? undefined : frame.subarray(0, start)
  return { resource, scope: frame.subarray(from.start, at), records: frame.subarray(at) }
}

/** Where fields with one tag and URLs of schemas end; `undefined` for bytes that are none. */
function skipFields(frame: Uint8Array, start: number, tag: number): number | undefined {
  let at = start
  while (frame[at] === tag || frame[at] === TAG_SCHEMA_URL) {
    const field = readLength(frame, at, frame[at] as number)
    if (field === undefined) return undefined
    at = field.end
  }
  return at
}

/** Where the content of a length-delimited field starts and ends. */
function readLength(bytes: Uint8Array, at: number, tag: number): { start: number; end: number } | undefined {
  if (bytes[at] !== tag) return undefined
  let length = 0
  for (let i = 0; i < MAX_VARINT_BYTES; i++) {
    const byte = bytes[at + 1 + i]
    if (byte === undefined) return undefined
    length += (byte & 0x7f) * 2 ** (7 * i)
    if (byte >= 0x80) continue
    const start = at + 2 + i
    return start + length <= bytes.length ? { start, end: start + length } : undefined
  }
  return undefined
}
