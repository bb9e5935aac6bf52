import { diag } from '@opentelemetry/api'
import type { SpanContext, TraceState } from '@opentelemetry/api'
import { findRecordEnd } from '@plutus/otlp'
import type { ByteBuffer, EncodedHeader, Encoder, LogRecord, SpanRecord, TraceId } from '@plutus/otlp'
import { BUILT_IN_RULES } from '../class-rules.ts'
import type { ClassRules } from '../class-rules.ts'
import type { RecordBuffer } from '../record-buffer.ts'
import { SpanIdentity } from '../span-identity.ts'
import { isKept, randomnessOf, readProbability, thresholdOf } from './consistent-probability.ts'
import type { Threshold } from './consistent-probability.ts'
import { keepReasonOfRecord, keepReasonOfSpan } from './keep-reason.ts'
import type { KeepReason, SlowRequests } from './keep-reason.ts'
import { markEncodedSpan, markHead, markKeep } from './marks.ts'
import { readTold, tell, tellHead } from './told.ts'
import { HEAD, TraceFate } from './trace-fate.ts'
import { TraceRing } from './trace-ring.ts'
import type { RingPart } from './trace-ring.ts'

/**
 * Why a trace was sent or dropped. Sent: by the `rate`; for a `KeepReason`; because another service (`told`) or thread
 * (`thread`) keeps it; because it was still open when there was no room for it (`overflow`), when it was too old to wait
 * for (`age`), or when the process ended (`exit`). Dropped: by the `rate`; with less time than usual for what might
 * follow (`overflow`); with only spans left open that never ended (`age`).
 */
export type SamplingReason = KeepReason | 'rate' | 'told' | 'thread' | 'overflow' | 'age' | 'exit'

/** What has become of traces in this process. A trace counts once for each time that a part of it was judged. */
export interface SamplingCounts {
  readonly sent: ReadonlyMap<SamplingReason, number>
  readonly dropped: ReadonlyMap<SamplingReason, number>
  /** Traces that were kept after a part of them had been dropped. */
  readonly torn: number
  readonly droppedSpans: number
  readonly droppedRecords: number
}

/** How traces are sampled. */
export interface SourceSamplerOptions {
  /** Share of traces, and of records outside of any, that are kept although nothing asks for it; 0 to 1. */
  readonly rate: number
  readonly slow: SlowRequests
  /** What a policy says of classes. @defaultValue the built-in policy's */
  readonly classRules?: ClassRules | undefined
  /** Memory for what is not decided yet, in bytes; at least 65,536. */
  readonly maxBytes: number
  /** Whether no other sampler has dropped traces before, so that the share of kept ones is known and told. */
  readonly isRateKnown: boolean
  /** Hears of each trace that is kept for what happened in it, so that other threads keep theirs; see `keepTrace`. */
  readonly onKeep?: ((key: number) => void) | undefined
  /** Milliseconds that never run backwards. @defaultValue `performance.now` */
  readonly now?: (() => number) | undefined
  /** A number from 0 to below 1, for records outside of traces. @defaultValue `Math.random` */
  readonly random?: (() => number) | undefined
}

/** What makes bytes, and where those go that are sent. */
export interface SamplerParts {
  readonly encoder: Encoder
  readonly spans: RecordBuffer | undefined
  readonly logs: RecordBuffer | undefined
  readonly durableLogs: RecordBuffer | undefined
}

/** What is known of a span when it starts. */
export interface SamplerStart {
  readonly traceId: TraceId
  /** Fate of the parent, if that is a recorded span of this process. */
  readonly parent: TraceFate | undefined
  readonly hasParent: boolean
  /** Tracestate of the parent. */
  readonly traceState: TraceState | undefined
  /** Whether its parent is not in this process. */
  readonly isLocalRoot: boolean
}

interface IdleTrace {
  readonly fate: TraceFate
  /** Number of the tick in which that began. */
  readonly since: number
}

// When nothing of a trace is open any more, more may follow: it is judged so many ticks later.
const IDLE_TICKS = 2
// Spans that never end must not hold memory for longer.
const MAX_AGE_MILLIS = 60_000
// What a trace takes beside its records, roughly; a quarter of the memory is for that.
const FATE_BYTES = 256
const FATES_SHARE = 4
const TWO_TO_32 = 2 ** 32

/**
 * Samples at the source. A trace that the rate does not choose is held until nothing of it is open any more, and then
 * dropped; as soon as something happens in it for which it has to be kept, it is sent, whole.
 *
 * No method throws. Where sampling fails, telemetry is sent.
 */
export class SourceSampler {
  readonly #options: SourceSamplerOptions
  readonly #parts: SamplerParts
  readonly #rules: ClassRules
  readonly #now: () => number
  readonly #random: () => number
  readonly #ring: TraceRing
  readonly #maxFates: number
  /** Traces that take part in what happens, and those that were kept lately; the oldest first. */
  readonly #fates = new Map<number, TraceFate>()
  /** Traces of which nothing is open, in the order in which that came about; some have more open again. */
  #idle: IdleTrace[] = []
  #nextIdle = 0
  #tick = 0
  #time: number
  #rate = 1
  #threshold: Threshold | undefined
  #headState: TraceState = tellHead(undefined)
  #isEnding = false
  /** Something is being encoded: code of the application may run in it, and may call anything here. */
  #isEncoding = false
  #deferred: (() => void)[] = []
  readonly #sent = new Map<SamplingReason, number>()
  readonly #dropped = new Map<SamplingReason, number>()
  #sentByRate = 0
  #torn = 0
  #droppedSpans = 0
  #droppedRecords = 0

  constructor(options: SourceSamplerOptions, parts: SamplerParts) {
    this.#options = options
    this.#parts = parts
    this.#rules = options.classRules ?? BUILT_IN_RULES
    this.#now = options.now ?? (() => performance.now())
    this.#random = options.random ?? Math.random
    this.#time = this.#now()
    this.#maxFates = Math.floor(options.maxBytes / FATES_SHARE / FATE_BYTES)
    this.#ring = new TraceRing({
      maxBytes: options.maxBytes - this.#maxFates * FATE_BYTES,
      freeIdle: () => this.#judgeOldestIdle(),
      freeOpen: (fate) => this.#send(fate, 'overflow'),
    })
    this.rate = options.rate
  }

  /** Share of traces that are kept although nothing asks for it. A trace has the one that held when it began. */
  get rate(): number {
    return this.#rate
  }

  set rate(rate: number) {
    this.#rate = rate
    this.#threshold = thresholdOf(rate)
    this.#headState = tellHead(this.#options.isRateKnown ? this.#threshold?.text : undefined)
  }

  /** What a root tells its children if its fate is `HEAD`. */
  get headState(): TraceState {
    return this.#headState
  }

  /** Memory that is taken by what is not decided. */
  get heldBytes(): number {
    return this.#ring.bytes + this.#fates.size * FATE_BYTES
  }

  /** What has become of traces so far. */
  get counts(): SamplingCounts {
    const sent = new Map(this.#sent)
    if (this.#sentByRate > 0) sent.set('rate', this.#sentByRate)
    return {
      sent,
      dropped: new Map(this.#dropped),
      torn: this.#torn,
      droppedSpans: this.#droppedSpans,
      droppedRecords: this.#droppedRecords,
    }
  }

  /** Finds the fate of a span that starts, which has to be handed to `endSpan`. */
  startSpan({ traceId, parent, hasParent, traceState, isLocalRoot }: SamplerStart): TraceFate {
    let fate = parent
    try {
      if (fate === undefined) {
        fate = hasParent ? this.#fateOfTrace(traceId, traceState) : this.#fateOfRoot(traceId)
        if (fate === HEAD && hasParent && isLocalRoot) count(this.#sent, 'told')
      }
      if (fate === HEAD) return fate
      if (fate.verdict === 'dropped') this.#revive(fate)
    } catch (error) {
      fate ??= new TraceFate(0, this.#time, 'sent', traceState)
      this.#fail(fate, error)
    }
    fate.open++
    if (isLocalRoot) fate.openRoots++
    return fate
  }

  /** Takes a span that has ended. */
  endSpan(span: SpanRecord, fate: TraceFate, isLocalRoot: boolean, scope: EncodedHeader): void {
    const { spans } = this.#parts
    if (spans === undefined) return
    if (fate === HEAD) {
      markHead(span)
      this.#encodeSpan(span, scope, spans)
      return
    }
    try {
      fate.open--
      if (isLocalRoot) fate.openRoots--
      if (!fate.isMarked) {
        const reason = keepReasonOfSpan(span, this.#options.slow, this.#rules)
        if (reason !== undefined) this.#keep(fate, reason, false)
      }
      if (fate.verdict === 'dropped') this.#revive(fate)
    } catch (error) {
      this.#fail(fate, error)
    }
    if (fate.isMarked) markKeep(span)
    if (fate.verdict === 'pending') this.#holdSpan(span, fate, scope, spans)
    else this.#encodeSpan(span, scope, spans)
    if (fate.open === 0) this.#becomesIdle(fate)
  }

  /**
   * Takes a log record.
   *
   * @param owner ids of the span that it belongs to, if there is one.
   * @param isDurable whether it is of a class that must not be lost.
   */
  emit(
    record: LogRecord,
    owner: SpanIdentity | SpanContext | undefined,
    scope: EncodedHeader,
    isDurable: boolean,
  ): void {
    const { logs, durableLogs } = this.#parts
    if (logs === undefined) return
    const reason = isDurable ? 'class' : keepReasonOfRecord(record, this.#rules)
    const fate = owner === undefined ? undefined : this.#fateOfOwner(owner, reason)
    if (isDurable) this.#encodeRecord(record, scope, durableLogs ?? logs)
    else if (fate?.verdict === 'pending') this.#holdRecord(record, fate, scope, logs)
    else if (reason !== undefined || fate !== undefined || this.#isEnding || this.#random() < this.#rate) {
      this.#encodeRecord(record, scope, logs)
    } else this.#droppedRecords++
    if (fate !== undefined && fate !== HEAD && fate.open === 0) this.#becomesIdle(fate)
  }

  /** Another thread keeps its part of a trace. */
  keepTrace(key: number): void {
    const fate = this.#fates.get(key)
    if (fate === undefined || fate.isMarked) return
    fate.isMarked = true
    if (fate.verdict === 'pending') this.#send(fate, 'thread', true)
  }

  /** Judges what has been idle or open for long enough; to be called once a second. */
  tick(): void {
    this.#tick++
    this.#time = this.#now()
    for (; this.#nextIdle < this.#idle.length; this.#nextIdle++) {
      const { fate, since } = this.#idle[this.#nextIdle] as IdleTrace
      if (this.#tick - since < IDLE_TICKS) break
      if (isIdle(fate, since)) this.#judge(fate, 'rate')
    }
    this.#idle = this.#idle.slice(this.#nextIdle)
    this.#nextIdle = 0
    for (const fate of this.#fates.values()) {
      if (this.#time - fate.since < MAX_AGE_MILLIS) break
      if (fate.verdict === 'pending') {
        // Spans that nobody ends are common, and say nothing; a root that goes on for so long may say something yet.
        if (fate.openRoots > 0) this.#send(fate, 'age')
        else this.#judge(fate, 'age')
      }
      this.#fates.delete(fate.key)
    }
  }

  /** The process may end: sends what is open. */
  settle(): void {
    for (const fate of this.#fates.values()) {
      if (fate.verdict === 'pending' && fate.open > 0) this.#send(fate, 'exit')
    }
  }

  /**
   * The process or thread ends: judges everything, and sends what comes from now on.
   *
   * @param isThread whether only this thread ends: another one may yet keep a trace of which nothing is open here, so
   *   that is sent too.
   */
  end(isThread = false): void {
    this.#isEnding = true
    this.settle()
    for (const fate of this.#fates.values()) {
      if (fate.verdict !== 'pending') continue
      if (isThread) this.#send(fate, 'exit')
      else this.#judge(fate, 'rate')
    }
  }

  #fateOfRoot(traceId: TraceId): TraceFate {
    if (isKept(randomnessOf(traceId), this.#threshold)) {
      this.#sentByRate++
      return HEAD
    }
    return this.#register(keyOf(traceId), 'pending', tell(undefined, 'tail'))
  }

  /** Finds the fate of the trace that a record belongs to, and that it may change. */
  #fateOfOwner(owner: SpanIdentity | SpanContext, reason: KeepReason | undefined): TraceFate {
    let fate = owner instanceof SpanIdentity ? owner.fate : undefined
    try {
      fate ??= this.#fateOfTrace(owner.traceId, owner.traceState)
      if (fate === HEAD) return fate
      if (reason !== undefined && !fate.isMarked) this.#keep(fate, reason, true)
      if (fate.verdict === 'dropped') this.#revive(fate)
    } catch (error) {
      fate ??= new TraceFate(0, this.#time, 'sent', undefined)
      this.#fail(fate, error)
    }
    return fate
  }

  /** Finds the fate of a trace that began elsewhere, or in a span that is not ours. */
  #fateOfTrace(traceId: TraceId, traceState: TraceState | undefined): TraceFate {
    const key = keyOf(traceId)
    const known = this.#fates.get(key)
    const told = readTold(traceState)
    if (known !== undefined) {
      if (told === 'keep' && known.verdict === 'pending') this.#send(known, 'told')
      return known
    }
    if (told === 'head') return HEAD
    if (told === 'keep') {
      count(this.#sent, 'told')
      return this.#register(key, 'sent', traceState)
    }
    if (told === undefined && this.#isChosen(traceId, traceState)) {
      this.#sentByRate++
      return this.#register(key, 'sent', tell(traceState, 'keep'))
    }
    return this.#register(key, 'pending', tell(traceState, 'tail'))
  }

  /** Whether a trace of others is kept: as they do, where they tell their threshold, or by the rate. */
  #isChosen(traceId: TraceId, traceState: TraceState | undefined): boolean {
    const others = traceState === undefined ? undefined : readProbability(traceState)
    const randomness = others?.randomness ?? randomnessOf(traceId)
    return isKept(randomness, others?.threshold) || isKept(randomness, this.#threshold)
  }

  #register(key: number, verdict: 'sent' | 'pending', traceState: TraceState | undefined): TraceFate {
    const fate = new TraceFate(key, this.#time, this.#isEnding ? 'sent' : verdict, traceState)
    if (this.#fates.size >= this.#maxFates) this.#forgetOne()
    this.#fates.set(key, fate)
    return fate
  }

  /** Makes room for a trace. */
  #forgetOne(): void {
    const [oldest] = this.#fates.values()
    const isOver = oldest?.verdict === 'sent' && oldest.open === 0
    if (oldest === undefined || (!isOver && this.#judgeOldestIdle())) return
    if (oldest.verdict === 'pending') this.#send(oldest, 'overflow')
    this.#fates.delete(oldest.key)
  }

  /** More comes of a trace that was dropped: it gets another chance to matter. */
  #revive(fate: TraceFate): void {
    fate.wasDropped = true
    fate.verdict = this.#isEnding ? 'sent' : 'pending'
    fate.since = this.#time
    // Another part of the trace may have begun meanwhile; then the two are judged one by one.
    if (!this.#fates.has(fate.key)) this.#fates.set(fate.key, fate)
  }

  /** Something happened for which the trace is kept. @param isPast whether no span that is yet to come need tell it. */
  #keep(fate: TraceFate, reason: KeepReason, isPast: boolean): void {
    if (this.#isEncoding) {
      this.#deferred.push(() => this.#keep(fate, reason, isPast))
      return
    }
    if (fate.verdict === 'dropped') this.#revive(fate)
    fate.isMarked = true
    if (fate.verdict === 'pending') this.#send(fate, reason, isPast)
    this.#options.onKeep?.(fate.key)
  }

  /** Sends what is held of a trace, and all that comes. */
  #send(fate: TraceFate, reason: SamplingReason, marksHeld = false): void {
    fate.verdict = 'sent'
    fate.isRemembered = true
    fate.traceState = tell(fate.traceState, 'keep')
    count(this.#sent, reason)
    if (fate.wasDropped) this.#torn++
    let isToMark = marksHeld
    for (const part of fate.parts) {
      sendPart(part, isToMark && part.sink === this.#parts.spans)
      if (part.sink === this.#parts.spans) isToMark = false
    }
    this.#ring.free(fate)
  }

  #judge(fate: TraceFate, reason: 'rate' | 'overflow' | 'age'): void {
    if (fate.verdict === 'pending') {
      count(this.#dropped, reason)
      for (const { sink, records } of fate.parts) {
        if (sink === this.#parts.spans) this.#droppedSpans += records
        else this.#droppedRecords += records
      }
      fate.verdict = 'dropped'
      this.#ring.free(fate)
    }
    if (!fate.isRemembered && this.#fates.get(fate.key) === fate) this.#fates.delete(fate.key)
  }

  /** Judges the trace that has been idle for longest. @returns whether there was one that held something. */
  #judgeOldestIdle(): boolean {
    while (this.#nextIdle < this.#idle.length) {
      const { fate, since } = this.#idle[this.#nextIdle++] as IdleTrace
      if (!isIdle(fate, since)) continue
      const wasPending = fate.verdict === 'pending'
      this.#judge(fate, 'overflow')
      if (wasPending) return true
    }
    return false
  }

  #becomesIdle(fate: TraceFate): void {
    if (fate.idleSince === this.#tick) return
    fate.idleSince = this.#tick
    this.#idle.push({ fate, since: this.#tick })
  }

  #holdSpan(span: SpanRecord, fate: TraceFate, scope: EncodedHeader, sink: RecordBuffer): void {
    const out = this.#openRing(fate)
    if (out === undefined) return this.#encodeSpan(span, scope, sink)
    const start = out.position
    this.#isEncoding = true
    const isEncoded = this.#parts.encoder.encodeSpan(out, span)
    this.#isEncoding = false
    if (isEncoded) this.#closeRing(fate, sink, scope, start)
    this.#runDeferred()
  }

  #holdRecord(record: LogRecord, fate: TraceFate, scope: EncodedHeader, sink: RecordBuffer): void {
    const out = this.#openRing(fate)
    if (out === undefined) return this.#encodeRecord(record, scope, sink)
    const start = out.position
    this.#isEncoding = true
    const isEncoded = this.#parts.encoder.encodeLogRecord(out, record)
    this.#isEncoding = false
    if (isEncoded) this.#closeRing(fate, sink, scope, start)
    this.#runDeferred()
  }

  /** Gives the buffer for what is to be held of a trace; `undefined` if it is to be sent after all. */
  #openRing(fate: TraceFate): ByteBuffer | undefined {
    if (this.#isEncoding) return undefined
    try {
      const out = this.#ring.open()
      // Room may have been made by sending this very trace.
      return fate.verdict === 'pending' ? out : undefined
    } catch (error) {
      this.#fail(fate, error)
      return undefined
    }
  }

  #closeRing(fate: TraceFate, sink: RecordBuffer, scope: EncodedHeader, start: number): void {
    try {
      this.#ring.close(fate, sink, scope, start)
    } catch (error) {
      this.#fail(fate, error)
    }
  }

  #encodeSpan(span: SpanRecord, scope: EncodedHeader, sink: RecordBuffer): void {
    const out = sink.open()
    const start = out.position
    // What an object of the application does while it is read comes afterwards; the encoder refuses another record.
    const isOutermost = !this.#isEncoding
    this.#isEncoding = true
    const isEncoded = this.#parts.encoder.encodeSpan(out, span)
    if (!isOutermost) return
    this.#isEncoding = false
    if (isEncoded) sink.close(scope, start)
    this.#runDeferred()
  }

  #encodeRecord(record: LogRecord, scope: EncodedHeader, sink: RecordBuffer): void {
    const out = sink.open()
    const start = out.position
    const isOutermost = !this.#isEncoding
    this.#isEncoding = true
    const isEncoded = this.#parts.encoder.encodeLogRecord(out, record)
    if (!isOutermost) return
    this.#isEncoding = false
    if (isEncoded) sink.close(scope, start)
    this.#runDeferred()
  }

  #runDeferred(): void {
    if (this.#deferred.length === 0) return
    for (const run of this.#deferred.splice(0)) run()
  }

  #fail(fate: TraceFate, error: unknown): void {
    diag.error('sampling failed, so the trace is sent', error)
    fate.verdict = 'sent'
    this.#ring.free(fate)
  }
}

function isIdle(fate: TraceFate, since: number): boolean {
  return fate.open === 0 && fate.idleSince === since
}

function count(counts: Map<SamplingReason, number>, reason: SamplingReason): void {
  counts.set(reason, (counts.get(reason) ?? 0) + 1)
}

/** The last 53 bits of a trace id. Two traces that share them share their fate, which keeps rather too much. */
function keyOf(traceId: TraceId): number {
  if (typeof traceId !== 'string') {
    return ((traceId[2] as number) & 0x1f_ffff) * TWO_TO_32 + ((traceId[3] as number) >>> 0)
  }
  const upper = Number.parseInt(traceId.slice(16, 24), 16) & 0x1f_ffff
  return upper * TWO_TO_32 + Number.parseInt(traceId.slice(24, 32), 16)
}

function sendPart({ sink, scope, slab, start, end, records }: RingPart, isToMark: boolean): void {
  const bytes = slab.buffer.bytes.subarray(start, end)
  const markedEnd = isToMark ? findRecordEnd(bytes, 0) : 0
  if (markedEnd > 0) append(sink, scope, markEncodedSpan(bytes.subarray(0, markedEnd)), 1)
  const rest = markedEnd > 0 ? bytes.subarray(markedEnd) : bytes
  if (rest.length > 0) append(sink, scope, rest, markedEnd > 0 ? records - 1 : records)
}

function append(sink: RecordBuffer, scope: EncodedHeader, bytes: Uint8Array, records: number): void {
  const out = sink.open()
  const start = out.position
  out.reserve(bytes.length)
  out.bytes.set(bytes, start)
  out.position = start + bytes.length
  sink.close(scope, start, records)
}
