import { context as contextApi, INVALID_SPAN_CONTEXT, SpanKind, trace, TraceFlags } from '@opentelemetry/api'
import type { Context, Span, SpanOptions, Tracer, TraceState } from '@opentelemetry/api'
import type { OnLoss, TraceId } from '@plutus/otlp'
import { asContext } from './as-context.ts'
import { RecordingSpan } from './recording-span.ts'
import type { SpanHome } from './recording-span.ts'
import type { SourceSampler } from './sampling/source-sampler.ts'
import { readTold } from './sampling/told.ts'
import { HEAD } from './sampling/trace-fate.ts'
import type { TraceFate } from './sampling/trace-fate.ts'
import type { TraceMarker } from './sampling/trace-marker.ts'
import { drawSpanId, drawTraceId, readHex, SpanIdentity } from './span-identity.ts'
import type { TraceSampler } from './trace-samplers.ts'

/** What tracers of one provider share. */
export interface TracerHome {
  readonly sampler: TraceSampler
  /** Decides what becomes of traces that the sampler records. @defaultValue all are sent */
  readonly sourceSampler: SourceSampler | undefined
  /** Marks traces for who samples later. @defaultValue none are marked */
  readonly marker: TraceMarker | undefined
  /** Attributes that every span gets from its context, such as the correlation id. */
  readonly stamp: ((context: Context) => Readonly<Record<string, unknown>> | undefined) | undefined
  readonly onLoss: OnLoss
}

// The key by which upstream's packages, and so every instrumentation, say that nothing is to be traced.
const SUPPRESSED = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

/** Starts spans of one instrumentation scope. */
export class ScopeTracer implements Tracer {
  readonly #home: TracerHome
  readonly #spans: SpanHome

  constructor(home: TracerHome, spans: SpanHome) {
    this.#home = home
    this.#spans = spans
  }

  startSpan(name: string, options?: SpanOptions, parentContext?: Context): Span {
    const context = asContext(parentContext)
    try {
      return this.#start(name, options ?? {}, context)
    } catch {
      return this.#startPlain(name, context)
    }
  }

  /** Starts a span without its options, which cannot be read. */
  #startPlain(name: string, context: Context): Span {
    try {
      const span = this.#start(name, {}, context)
      this.#home.onLoss('unreadable', 'span', 1)
      return span
    } catch {
      this.#home.onLoss('record_failed', 'span', 1)
      return trace.wrapSpanContext(INVALID_SPAN_CONTEXT)
    }
  }

  #start(name: string, options: SpanOptions, parentContext: Context): Span {
    // Read at first: what cannot be read leaves nothing half started.
    const { root, kind = SpanKind.INTERNAL, startTime, attributes, links } = options
    const context = root === true ? trace.deleteSpan(parentContext) : parentContext
    if (context.getValue(SUPPRESSED) === true) return trace.wrapSpanContext(INVALID_SPAN_CONTEXT)
    const parent = trace.getSpan(context)
    const own = parent instanceof RecordingSpan ? parent.identity : undefined
    const remote = own === undefined ? foreignIdentityOf(parent) : undefined
    const above = own ?? remote?.identity
    const traceId: TraceId = above?.traceId ?? drawTraceId()
    const sampled = this.#home.sampler.sample(above?.traceFlags, traceId)
    const flags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE
    if (!sampled) {
      const identity = new SpanIdentity(traceId, drawSpanId(), flags, above?.traceState, above?.traceText)
      return trace.wrapSpanContext(identity.toContext())
    }
    const fate = this.#findFate(traceId, own, remote)
    const traceState = this.#tell(fate, above)
    const identity = new SpanIdentity(traceId, drawSpanId(), flags, traceState, above?.traceText, fate)
    const span = new RecordingSpan(this.#spans, {
      identity,
      parentSpanId: above?.spanId,
      isParentRemote: remote?.isRemote === true,
      name,
      kind,
      startTime,
      attributes,
    })
    const stamped = this.#home.stamp?.(context)
    if (stamped !== undefined) for (const key in stamped) span.setAttribute(key, stamped[key])
    if (links !== undefined) span.addLinks(links)
    return span
  }

  #findFate(
    traceId: TraceId,
    own: SpanIdentity | undefined,
    foreign: ForeignParent | undefined,
  ): TraceFate | undefined {
    const { sourceSampler } = this.#home
    const above = own ?? foreign?.identity
    if (sourceSampler !== undefined) {
      return sourceSampler.startSpan({
        traceId,
        parent: own?.fate,
        hasParent: above !== undefined,
        traceState: above?.traceState,
        isLocalRoot: above === undefined || foreign?.isRemote === true,
      })
    }
    // What the root of a trace has promised of every span holds for those of this process, too.
    if (own !== undefined) return own.fate
    const told = foreign?.identity.traceState
    if (told !== undefined && readTold(told) === 'head') return HEAD
    return this.#home.marker?.startTrace(told)
  }

  /** The tracestate of a span: what its children are told. */
  #tell(fate: TraceFate | undefined, above: SpanIdentity | undefined): TraceState | undefined {
    if (fate === undefined) return above?.traceState
    if (fate !== HEAD) return fate.traceState
    return above === undefined ? this.#home.sourceSampler?.headState : above.traceState
  }

  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    optionsOrFn: SpanOptions | F,
    contextOrFn?: Context | F,
    fn?: F,
  ): ReturnType<F> {
    const run = (fn ?? (typeof contextOrFn === 'function' ? contextOrFn : optionsOrFn)) as F
    const options = typeof optionsOrFn === 'function' ? undefined : optionsOrFn
    const parent = asContext(fn === undefined ? undefined : (contextOrFn as Context | undefined))
    const span = this.startSpan(name, options, parent)
    return contextApi.with(trace.setSpan(parent, span), run as (span: Span) => ReturnType<F>, undefined, span)
  }
}

interface ForeignParent {
  readonly identity: SpanIdentity
  readonly isRemote: boolean
}

/** Ids of a span that is not ours: of another process, not sampled, or of another SDK; `undefined` if they are invalid. */
function foreignIdentityOf(span: Span | undefined): ForeignParent | undefined {
  if (span === undefined) return undefined
  const { traceId, spanId, traceFlags, traceState, isRemote } = span.spanContext()
  const [traceWords, spanWords] = [readHex(traceId, 4), readHex(spanId, 2)]
  if (traceWords === undefined || spanWords === undefined) return undefined
  const identity = new SpanIdentity(traceWords, spanWords, traceFlags, traceState, traceId)
  return { identity, isRemote: isRemote === true }
}
