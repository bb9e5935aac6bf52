import type { KeyVerdict } from './redactor.ts'
import { detachText, NO_TEXT } from './text-memo.ts'
import { putVarintAt, varintBytes } from './wire-writer.ts'
import { NO_WORDS, packWords, type Words } from './words.ts'

// With a text of 31 characters a KeyValue still has a length of one byte.
const MAX_HEAD_BYTES = 96
const MAX_KEY_CHARS = 128
// Remembering takes as long as a few hits save: an id that comes twice and never more is not worth it.
const DOUBT_PER_MISS = 3
const EAGER_DOUBT = 12
const MAX_DOUBT = 60
// To find a text that came before the last one saves four times what looking for it in vain costs.
const HOPE_PER_FIND = 4
const MAX_HOPE = 64
const NEW_HOPE = 32
const NEW_HOPE_MASK = 1023
const PROBE_MASK = 63
const TAG_KEY = 0x0a

/** What is known of an attribute key: its bytes, its verdict, and the text it last had. */
export class KeyEntry {
  /** The key; none that is in use once the cache forgot the entry. */
  key: string
  /** What the redactor decided; undefined without one. */
  readonly verdict: KeyVerdict | undefined
  /** Whether values are written without asking the redactor. */
  readonly keeps: boolean
  /** The key as a protobuf field: tag, length, UTF-8. */
  readonly field: Buffer
  /** Size of `head`, or 0 if the key is too long. */
  readonly headBytes: number
  /** Two bytes to be overwritten by tag and length of the KeyValue, then `field`. */
  readonly head: Words
  /** Whether booleans, and numbers once they are checked, may be written behind `head` without more ado. */
  readonly isDirect: boolean
  /** The key that came after this one last time. */
  next: KeyEntry = this
  /** Number of the group of attributes that had this key last. */
  stamp = 0
  /** A text that came before; worth a look only if `isSteady`. */
  lastText = NO_TEXT
  isSteady = false
  /** The whole KeyValue of `lastText`, its tag to be overwritten. */
  last: Words = NO_WORDS
  lastBytes = 0
  /** Whether texts that came before the last one are looked for. */
  isHopeful = true
  #misses = 0
  #doubt = 0
  #hope = MAX_HOPE
  #news = 0

  constructor(key: string, verdict: KeyVerdict | undefined) {
    this.key = key
    this.verdict = verdict
    this.keeps = verdict === undefined || verdict.values === 'keep'
    this.field = encodeKeyField(verdict === undefined ? key : verdict.name)
    const size = this.field.length
    const fits = size <= MAX_HEAD_BYTES
    this.headBytes = fits ? size + 2 : 0
    this.head = fits ? packHead(this.field) : NO_WORDS
    this.isDirect = fits && verdict?.values !== 'replace'
  }

  /**
   * Notes a text that was not the remembered one and was written, as short ASCII, from `start` to `end`. It is
   * remembered, unless the key's texts keep changing: then only a few are, to see whether that is over.
   */
  noteText(text: string, bytes: Buffer, view: DataView, start: number, end: number): void {
    this.#doubt = Math.min(this.#doubt + DOUBT_PER_MISS, MAX_DOUBT)
    this.isSteady = this.#doubt <= EAGER_DOUBT || (++this.#misses & PROBE_MASK) === 0
    if (!this.isSteady) return
    this.lastText = detachText(text, bytes, end)
    this.last = packWords(view, start, end)
    this.lastBytes = end - start
  }

  /** Notes that the remembered text came again. */
  noteHit(): void {
    if (this.#doubt > 0) this.#doubt--
  }

  /** Notes that a text came again which was not the last one. */
  noteFind(): void {
    this.#hope = Math.min(this.#hope + HOPE_PER_FIND, MAX_HOPE)
  }

  /** Notes that a text was not remembered; every now and then, texts that never come again get another chance. */
  noteNews(): void {
    if (this.#hope > 0) this.isHopeful = --this.#hope > 0
    else if ((++this.#news & NEW_HOPE_MASK) === 0) {
      this.#hope = NEW_HOPE
      this.isHopeful = true
    }
  }

  /** Lets go of other entries, and matches no key any more. */
  forget(): void {
    this.key = NO_TEXT
    this.next = this
  }
}

/**
 * The entries of keys in use: at most twice `capacity`, and the keys of one record.
 *
 * When the younger of two generations is full it becomes the older, and the older is forgotten. So a flood of distinct
 * keys costs time, but no memory.
 */
export class KeyCache {
  /** Stands before the first key of each kind of record, so that the first key is expected too. */
  readonly root: KeyEntry = new KeyEntry(NO_TEXT, undefined)
  /** How often entries were forgotten. */
  generation = 0
  readonly #capacity: number
  readonly #judge: ((key: string) => KeyVerdict) | undefined
  #young = new Map<string, KeyEntry>()
  #old = new Map<string, KeyEntry>()

  /** @param judge gives the verdict of a key and must not throw; undefined without a redactor. */
  constructor(capacity: number, judge: ((key: string) => KeyVerdict) | undefined) {
    this.#capacity = capacity
    this.#judge = judge
  }

  /** How many entries are held. */
  get size(): number {
    return this.#young.size + this.#old.size
  }

  /** Returns the entry of `key`; that of a key over 128 characters is made anew each time. */
  find(key: string): KeyEntry {
    if (key.length > MAX_KEY_CHARS) return this.#create(key)
    const known = this.#young.get(key)
    if (known !== undefined) return known
    const entry = this.#old.get(key) ?? this.#create(key)
    this.#old.delete(key)
    this.#young.set(key, entry)
    return entry
  }

  /** Forgets what is too much; called between records, since entries of a record in progress must stay. */
  settle(): void {
    if (this.#young.size < this.#capacity) return
    for (const entry of this.#old.values()) entry.forget()
    this.#old = this.#young
    this.#young = new Map()
    this.generation++
  }

  #create(key: string): KeyEntry {
    return new KeyEntry(key, this.#judge?.(key))
  }
}

function encodeKeyField(name: string): Buffer {
  const size = Buffer.byteLength(name)
  const field = Buffer.alloc(1 + varintBytes(size) + size)
  field[0] = TAG_KEY
  field.write(name, putVarintAt(field, 1, size))
  return field
}

function packHead(field: Buffer): Words {
  const head = Buffer.concat([Buffer.alloc(2), field, Buffer.alloc(8)])
  return packWords(new DataView(head.buffer, head.byteOffset, head.length), 0, 2 + field.length)
}
