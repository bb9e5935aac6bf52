import type { ByteBuffer } from './byte-buffer.ts'
import { KeyCache, type KeyEntry } from './key-cache.ts'
import { NO_LIMIT, type ResolvedLimits } from './limits.ts'
import type { EncodedKind, LossReason, OnLoss } from './losses.ts'
import type { Carrier, KeyVerdict, Redactor } from './redactor.ts'
import { TextMemo } from './text-memo.ts'
import { ValueMemo } from './value-memo.ts'
import { putTextField } from './wire-writer.ts'

/** Stands for a value that the redactor could not judge. */
const MASKED = '[masked]'
const MASKED_KEY: KeyVerdict = { name: MASKED, values: 'replace' }
const KEY_CACHE_CAPACITY = 1024
// Room for a KeyValue with a length of one byte and up to seven bytes that whole words write too many, or for a key of
// 96 bytes and a text of 120 characters before its size is known.
const SHORT_ROOM = 512
// Texts and keys up to here are written without a look at the room that is left to the record.
const MAX_FREE_CHARS = 1024

/** State of an encoder and of the record that it is at. */
export class EncodeSession {
  readonly limits: ResolvedLimits
  readonly redactor: Redactor | undefined
  readonly keys: KeyCache
  /** Texts that come often, by what they are. */
  readonly spanNames = new TextMemo(2)
  readonly spanEventNames = new TextMemo(2)
  readonly logEventNames = new TextMemo(2)
  readonly severityTexts = new TextMemo(2)
  readonly bodies = new TextMemo(4)
  /** Attributes whose texts take turns. */
  readonly values = new ValueMemo()
  /** Longest text whose bytes are remembered; it is within every limit. */
  readonly rememberChars: number
  readonly #onLoss: OnLoss | undefined

  /** Whether a record is in progress. */
  busy = false
  kind: EncodedKind = 'shared'
  out!: ByteBuffer
  /** Position past which no further value is begun. */
  end = 0
  /** Position up to which a short attribute needs no further check of room. */
  fastEnd = 0
  /** Number of the group of attributes in progress. */
  stamp = 0
  carrier: Carrier = 'span.attribute'
  /** Limit of text length that is in force; it is set for attributes only. */
  valueLength = NO_LIMIT
  /** The last key that was written. */
  cursor: KeyEntry
  /** How many attributes may still be written to the group, and what became of the others. */
  room = 0
  overLimit = 0
  invalid = 0
  overSize = 0
  /** Maps and arrays around the value in progress. */
  readonly path: object[] = []

  constructor(limits: ResolvedLimits, redactor: Redactor | undefined, onLoss: OnLoss | undefined) {
    this.limits = limits
    this.redactor = redactor
    this.#onLoss = onLoss
    this.rememberChars = Math.min(64, limits.spanValueLength, limits.logValueLength)
    this.keys = new KeyCache(KEY_CACHE_CAPACITY, redactor && ((key) => this.#judge(redactor, key)))
    this.cursor = this.keys.root
  }

  /** Starts a record. */
  begin(out: ByteBuffer, kind: EncodedKind): void {
    this.busy = true
    this.out = out
    this.kind = kind
    this.valueLength = NO_LIMIT
    this.end = out.position + this.limits.recordBytes
    this.reserveShort()
    this.keys.settle()
  }

  /** Starts a group of attributes: at most `limit`, with texts of at most `valueLength` characters. */
  beginAttributes(carrier: Carrier, limit: number, valueLength: number): void {
    this.carrier = carrier
    this.valueLength = valueLength
    this.cursor = this.keys.root
    this.stamp = (this.stamp + 1) | 0
    this.room = limit
    this.overLimit = this.overSize = this.invalid = 0
  }

  /** Ends a group of attributes, tells what was dropped, and returns how many. */
  endAttributes(): number {
    this.valueLength = NO_LIMIT
    const dropped = this.overLimit + this.overSize + this.invalid
    if (dropped > 0) {
      this.lose('attribute_limit', this.overLimit)
      this.lose('record_size', this.overSize)
      this.lose('attribute_invalid', this.invalid)
    }
    return dropped
  }

  /** Writes a text that stands under no key, unless it is empty. `memo` is of texts of this carrier that were not changed. */
  putText(tag: number, text: string | undefined, carrier: Carrier, memo?: TextMemo): void {
    if (text === undefined || text === '') return
    const { out } = this
    if (memo !== undefined) {
      out.reserve(SHORT_ROOM)
      if (memo.put(out, tag, text)) return
    }
    this.carrier = carrier
    const checked = this.redactor === undefined ? text : this.checkText(text, undefined)
    const start = out.position
    putTextField(out, tag, checked.length > MAX_FREE_CHARS ? this.fitText(checked) : checked)
    if (memo !== undefined && checked === text) memo.note(text, out, start)
  }

  /** Whether the record is full, or would be with this key. */
  lacksRoomFor(key: string): boolean {
    const room = this.end - this.out.position
    return room <= 0 || (key.length > MAX_FREE_CHARS && key.length > room)
  }

  /** Returns the entry of a key, and expects it after the last one from now on. */
  entryOf(key: string): KeyEntry {
    const expected = this.cursor.next
    if (expected.key === key) return (this.cursor = expected)
    const entry = this.keys.find(key)
    this.cursor.next = entry
    return (this.cursor = entry)
  }

  /** Makes room for one short attribute, and says up to which position that much is left. */
  reserveShort(): void {
    this.out.reserve(SHORT_ROOM)
    this.fastEnd = Math.min(this.end - 1, this.out.bytes.length - SHORT_ROOM)
  }

  /** Tells of a loss. */
  lose(reason: LossReason, count = 1, kind: EncodedKind = this.kind): void {
    if (this.#onLoss === undefined || count <= 0) return
    try {
      this.#onLoss(reason, kind, count)
    } catch {
      // Whoever counts must not break what is counted.
    }
  }

  /** Cuts a text to the limit of length and to the room that is left to the record. */
  fitText(text: string): string {
    let fitting = text
    if (fitting.length > this.valueLength) {
      fitting = cutAt(fitting, this.valueLength)
      this.lose('value_length')
    }
    const room = this.end - this.out.position
    if (fitting.length > MAX_FREE_CHARS && Buffer.byteLength(fitting) > room) {
      fitting = cutAt(fitting, Math.max(MAX_FREE_CHARS, Math.floor(room / 3)))
      this.lose('record_size')
    }
    return fitting
  }

  /** Returns the text to write under a key of this verdict, or outside of any key. */
  checkText(text: string, verdict: KeyVerdict | undefined): string {
    const { redactor } = this
    if (redactor === undefined || verdict?.values === 'keep') return text
    if (verdict?.values === 'replace') return this.replace(text, verdict)
    try {
      return asText(redactor.text(text, this.carrier, verdict))
    } catch {
      return this.#mask()
    }
  }

  /** Returns what to write for a number. */
  checkNumber(value: number | bigint, verdict: KeyVerdict | undefined): number | bigint | string {
    const { redactor } = this
    if (redactor === undefined || verdict?.values === 'keep') return value
    try {
      const result = redactor.number(value, this.carrier, verdict)
      return typeof result === 'number' || typeof result === 'bigint' ? result : asText(result)
    } catch {
      return this.#mask()
    }
  }

  /** Returns what to write for bytes. */
  checkBytes(value: Uint8Array, verdict: KeyVerdict | undefined): Uint8Array | string {
    const { redactor } = this
    if (redactor === undefined || verdict?.values === 'keep') return value
    try {
      const result = redactor.bytes(value, this.carrier, verdict)
      return ArrayBuffer.isView(result) ? result : asText(result)
    } catch {
      return this.#mask()
    }
  }

  /** Returns what to write for a value of any type under a key whose values are replaced. */
  replace(value: unknown, verdict: KeyVerdict): string {
    if (this.redactor === undefined || verdict === MASKED_KEY) return MASKED
    try {
      return asText(this.redactor.replace(value, this.carrier, verdict))
    } catch {
      return this.#mask()
    }
  }

  /** Returns the verdict for a member of an array whose own is `verdict`. */
  judgeMember(before: unknown, member: unknown, verdict: KeyVerdict | undefined): KeyVerdict | undefined {
    const { redactor } = this
    if (redactor?.after === undefined || verdict?.values === 'keep' || typeof before !== 'string') return verdict
    try {
      return redactor.after(before, member, this.carrier) ?? verdict
    } catch {
      this.lose('redaction')
      return MASKED_KEY
    }
  }

  /** Returns the verdict for a value that has its name beside it, where its own is `verdict`. */
  judgeNamed(name: unknown, verdict: KeyVerdict | undefined): KeyVerdict | undefined {
    const { redactor } = this
    if (redactor?.beside === undefined || verdict?.values === 'keep' || typeof name !== 'string') return verdict
    try {
      return redactor.beside(name, this.carrier) ?? verdict
    } catch {
      this.lose('redaction')
      return MASKED_KEY
    }
  }

  #mask(): string {
    this.lose('redaction')
    return MASKED
  }

  #judge(redactor: Redactor, key: string): KeyVerdict {
    try {
      const verdict = redactor.key(key, this.carrier)
      if (typeof verdict.name === 'string') return verdict
    } catch {
      // What has no verdict is masked, as what has a malformed one.
    }
    this.lose('redaction')
    return MASKED_KEY
  }
}

function asText(result: unknown): string {
  return typeof result === 'string' ? result : MASKED
}

/** Cuts a text after `length` characters, or one before, so that no surrogate pair is torn. */
function cutAt(text: string, length: number): string {
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length)
}
