import { diag, SpanStatusCode, trace } from '@opentelemetry/api'
import type {
  Attributes,
  Exception,
  Link,
  Span,
  SpanContext,
  SpanKind,
  SpanStatus,
  TimeInput,
} from '@opentelemetry/api'
import { spanFlags } from '@plutus/otlp'
import type { SpanEventRecord, SpanId, SpanLinkRecord, SpanRecord, UnixTime } from '@plutus/otlp'
import { isTellable, snapshot, snapshotAttributes } from './attribute-value.ts'
import { isBefore, isTimeInput } from './clock.ts'
import type { Clock } from './clock.ts'
import type { TraceFate } from './sampling/trace-fate.ts'
import type { SpanIdentity } from './span-identity.ts'

/** What bounds a span while it is open. */
export interface SpanBounds {
  readonly attributes: number
  readonly events: number
  readonly links: number
}

/** What spans of one tracer share. */
export interface SpanHome {
  readonly clock: Clock
  readonly bounds: SpanBounds
  /** Takes a span that has ended. Must not throw. */
  readonly onEnd: (span: SpanRecord, fate: TraceFate | undefined, isLocalRoot: boolean) => void
}

/** What a span starts with. */
export interface SpanStart {
  readonly identity: SpanIdentity
  readonly parentSpanId: SpanId | undefined
  readonly isParentRemote: boolean
  readonly name: string
  readonly kind: SpanKind
  readonly startTime: TimeInput | undefined
  readonly attributes: Attributes | undefined
}

// A list of keys costs a span more than to skip what an object inherits.
const hasOwn = Object.prototype.hasOwnProperty

/** A span that is recorded: it gathers what it is told and is turned into bytes when it ends. */
export class RecordingSpan implements Span {
  /** Ids, for children of the same process. */
  readonly identity: SpanIdentity
  readonly #home: SpanHome
  readonly #start: SpanStart
  readonly #startTicks: number
  readonly #startTime: UnixTime
  readonly #hasGivenStart: boolean
  #name: string
  /** Keys and values in turn: a scan of a few keys is cheaper than a dictionary. */
  readonly #pairs: unknown[] = []
  #droppedAttributes = 0
  #events: SpanEventRecord[] | undefined
  #droppedEvents = 0
  #links: SpanLinkRecord[] | undefined
  #droppedLinks = 0
  #statusCode: SpanStatusCode = SpanStatusCode.UNSET
  #statusMessage: string | undefined
  #isEnded = false

  constructor(home: SpanHome, start: SpanStart) {
    this.identity = start.identity
    this.#home = home
    this.#start = start
    this.#name = start.name
    this.#startTicks = home.clock.ticks()
    const given = home.clock.read(start.startTime)
    this.#hasGivenStart = given !== undefined
    this.#startTime = given ?? home.clock.unixTimeNow(this.#startTicks)
    if (start.attributes !== undefined) this.#begin(start.attributes)
  }

  spanContext(): SpanContext {
    return this.identity.toContext()
  }

  isRecording(): boolean {
    return !this.#isEnded
  }

  setAttribute(key: string, value: unknown): this {
    if (!this.#isEnded && value !== undefined) this.#put(key, value)
    return this
  }

  setAttributes(attributes: Attributes): this {
    if (this.#isEnded || attributes === undefined || attributes === null) return this
    try {
      for (const key in attributes) {
        if (!hasOwn.call(attributes, key)) continue
        const value = attributes[key]
        if (value !== undefined) this.#put(key, value)
      }
    } catch (error) {
      diag.debug('attributes of a span could not be read', error)
    }
    return this
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (this.#isEnded) return this
    const isTime = isTimeInput(attributesOrTime)
    const at = this.#home.clock.read(isTime && !isTimeInput(time) ? attributesOrTime : time)
    const attributes = isTime ? undefined : attributesOrTime
    this.#events ??= []
    if (this.#events.length >= this.#home.bounds.events) {
      this.#droppedEvents++
      if (this.#events.shift() === undefined) return this
    }
    this.#events.push({ name, time: at ?? this.#now(), attributes: snapshotAttributes(attributes) })
    return this
  }

  addLink(link: Link): this {
    if (this.#isEnded) return this
    try {
      this.#link(link)
    } catch (error) {
      this.#droppedLinks++
      diag.debug('a link of a span could not be read', error)
    }
    return this
  }

  addLinks(links: Link[]): this {
    if (this.#isEnded) return this
    try {
      if (!Array.isArray(links)) return this
      // Those before would have to make room for these; and a sparse array may claim any length.
      const first = Math.max(links.length - this.#home.bounds.links, 0)
      this.#droppedLinks += first
      for (const link of links.slice(first)) this.addLink(link)
    } catch (error) {
      diag.debug('links of a span could not be read', error)
    }
    return this
  }

  setStatus(status: SpanStatus): this {
    // The specification: OK is final, and nothing sets a status back to unset.
    if (this.#isEnded || this.#statusCode === SpanStatusCode.OK) return this
    try {
      const { code, message } = status
      if (!code) return this
      this.#statusCode = code
      this.#statusMessage = code === SpanStatusCode.ERROR && typeof message === 'string' ? message : undefined
    } catch (error) {
      diag.debug('a status of a span could not be read', error)
    }
    return this
  }

  updateName(name: string): this {
    if (!this.#isEnded) this.#name = name
    return this
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const attributes = describeException(exception)
    if (attributes?.['exception.type'] || attributes?.['exception.message']) {
      this.addEvent('exception', attributes, time)
    }
  }

  end(endTime?: TimeInput): void {
    if (this.#isEnded) return
    this.#isEnded = true
    const { identity, kind, isParentRemote, parentSpanId } = this.#start
    const end = this.#home.clock.read(endTime) ?? this.#now()
    const span: SpanRecord = {
      traceId: identity.traceId,
      spanId: identity.spanId,
      parentSpanId,
      traceState: identity.traceState?.serialize(),
      flags: spanFlags(identity.traceFlags, isParentRemote),
      name: this.#name,
      kind,
      startTime: this.#startTime,
      // A span cannot end before it starts, whatever two clocks say.
      endTime: isBefore(end, this.#startTime) ? this.#startTime : end,
      attributes: undefined,
      attributePairs: this.#pairs,
      droppedAttributesCount: this.#droppedAttributes,
      events: this.#events,
      droppedEventsCount: this.#droppedEvents === 0 ? undefined : this.#droppedEvents,
      links: this.#links,
      droppedLinksCount: this.#droppedLinks === 0 ? undefined : this.#droppedLinks,
      statusCode: this.#statusCode,
      statusMessage: this.#statusMessage,
    }
    this.#home.onEnd(span, identity.fate, isParentRemote || parentSpanId === undefined)
  }

  /** Unix time of now, on the clock of this span's start. */
  #now(): UnixTime {
    const { clock } = this.#home
    if (this.#hasGivenStart) return clock.unixTimeNow(clock.ticks())
    return (this.#startTime as number) + (clock.ticks() - this.#startTicks)
  }

  /** Takes the first attributes: no key of an object comes twice, so none is looked for. */
  #begin(attributes: Attributes): void {
    if (typeof attributes !== 'object' || attributes === null) return
    const pairs = this.#pairs
    const limit = this.#home.bounds.attributes * 2
    try {
      for (const key in attributes) {
        if (!hasOwn.call(attributes, key)) continue
        const value: unknown = attributes[key]
        if (value === undefined) continue
        if (pairs.length >= limit || key === '' || !isTellable(value)) this.#droppedAttributes++
        else pairs.push(key, typeof value === 'object' ? snapshot(value) : value)
      }
    } catch (error) {
      diag.debug('attributes of a span could not be read', error)
    }
  }

  #put(key: string, value: unknown): void {
    if (!isTellable(value)) {
      this.#droppedAttributes++
      return
    }
    const kept = typeof value === 'object' ? snapshot(value) : value
    const pairs = this.#pairs
    for (let i = 0; i < pairs.length; i += 2) {
      if (pairs[i] !== key) continue
      pairs[i + 1] = kept
      return
    }
    if (key === '' || pairs.length >= this.#home.bounds.attributes * 2) this.#droppedAttributes++
    else pairs.push(key, kept)
  }

  #link({ context, attributes, droppedAttributesCount }: Link): void {
    // A receiver may refuse a whole request for an id of zeros, or of another length.
    if (!trace.isSpanContextValid(context)) {
      this.#droppedLinks++
      return
    }
    const record: SpanLinkRecord = {
      traceId: context.traceId,
      spanId: context.spanId,
      traceState: context.traceState?.serialize(),
      flags: spanFlags(context.traceFlags, context.isRemote === true),
      attributes: snapshotAttributes(attributes),
      droppedAttributesCount,
    }
    this.#links ??= []
    if (this.#links.length >= this.#home.bounds.links) {
      this.#droppedLinks++
      if (this.#links.shift() === undefined) return
    }
    this.#links.push(record)
  }
}

/** `exception.*` of what was thrown; `undefined` where there is nothing to tell. */
export function describeException(exception: unknown): Attributes | undefined {
  if (typeof exception === 'string' || typeof exception === 'number') return { 'exception.message': String(exception) }
  try {
    const { code, name, message, stack } = exception as Readonly<Record<string, unknown>>
    const attributes: Attributes = {}
    if (code && (typeof code === 'string' || typeof code === 'number')) attributes['exception.type'] = String(code)
    else if (typeof name === 'string' && name !== '') attributes['exception.type'] = name
    if (typeof message === 'string' && message !== '') attributes['exception.message'] = message
    if (typeof stack === 'string' && stack !== '') attributes['exception.stacktrace'] = stack
    return attributes
  } catch {
    return undefined
  }
}
