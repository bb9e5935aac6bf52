import { ATTR_PLUTUS_KEEP, ATTR_PLUTUS_KEEP_HEAD } from '@plutus/conventions'
import type { Attributes, SpanRecord } from '@plutus/otlp'

const HEAD_MARK: Attributes = { [ATTR_PLUTUS_KEEP_HEAD]: true }
const KEEP_MARK: Attributes = { [ATTR_PLUTUS_KEEP]: true }

/** Says on a span that its whole trace is kept, with every span of it saying so. The span has no `attributes` yet. */
export function markHead(span: SpanRecord): void {
  // Before those of the application, which may be as many as there is room for.
  ;(span as { attributes?: Attributes }).attributes = HEAD_MARK
}

/** Says on a span that its trace is to be kept by whoever samples later. The span has no `attributes` yet. */
export function markKeep(span: SpanRecord): void {
  const pairs = (span.attributePairs ?? []) as unknown[]
  for (let i = 0; i < pairs.length; i += 2) {
    if (pairs[i] !== ATTR_PLUTUS_KEEP) continue
    pairs[i + 1] = true // the application has said something of it already
    return
  }
  ;(span as { attributes?: Attributes }).attributes = KEEP_MARK
}

// OTLP: field 9 of a span is a KeyValue with the key in field 1 and an AnyValue in field 2, whose field 2 is a boolean.
const KEY = Buffer.from(ATTR_PLUTUS_KEEP)
const ENCODED_MARK = Buffer.from([0x4a, KEY.length + 6, 0x0a, KEY.length, ...KEY, 0x12, 0x02, 0x10, 0x01])
const TAG_RECORD = 0x12
const LENGTH_BYTES = 5

/** Returns a copy of an encoded span, one whole record, that has the mark of `markKeep` as well. */
export function markEncodedSpan(record: Uint8Array): Uint8Array {
  let lengthEnd = 1
  while ((record[lengthEnd] as number) > 0x7f) lengthEnd++
  const fields = record.subarray(lengthEnd + 1)
  const marked = new Uint8Array(1 + LENGTH_BYTES + fields.length + ENCODED_MARK.length)
  marked[0] = TAG_RECORD
  let rest = fields.length + ENCODED_MARK.length
  // As many bytes as any length takes: a varint may have zeros in front.
  for (let i = 1; i < LENGTH_BYTES; i++, rest >>>= 7) marked[i] = (rest & 0x7f) | 0x80
  marked[LENGTH_BYTES] = rest
  marked.set(fields, 1 + LENGTH_BYTES)
  marked.set(ENCODED_MARK, 1 + LENGTH_BYTES + fields.length)
  return marked
}
