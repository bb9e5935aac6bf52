import type { Context, Logger, LoggerProvider, SpanContext, Tracer, TracerProvider } from '@opentelemetry/api'
import { createEncoder } from '@plutus/otlp'
import type { Attributes, EncodedHeader, Encoder, EncoderLimits, LogRecord, OnLoss, Redactor } from '@plutus/otlp'
import { BUILT_IN_RULES } from './class-rules.ts'
import type { ClassRules } from './class-rules.ts'
import { Clock } from './clock.ts'
import { LogEmitter } from './log-emitter.ts'
import type { RecordBuffer } from './record-buffer.ts'
import type { SpanBounds, SpanHome } from './recording-span.ts'
import { keepReasonOfRecord } from './sampling/keep-reason.ts'
import { markHead } from './sampling/marks.ts'
import type { SamplerParts, SourceSampler } from './sampling/source-sampler.ts'
import { HEAD } from './sampling/trace-fate.ts'
import { TraceMarker } from './sampling/trace-marker.ts'
import type { WriteSpan } from './sampling/trace-marker.ts'
import type { SpanIdentity } from './span-identity.ts'
import type { TraceSampler } from './trace-samplers.ts'
import { ScopeTracer } from './tracer.ts'

/** What an engine is made of. */
export interface ProviderOptions {
  readonly sampler: TraceSampler
  readonly limits: EncoderLimits
  /** Bounds of open spans; the same numbers as in `limits`. */
  readonly bounds: SpanBounds
  /** Sees every text that becomes bytes. @defaultValue nothing is changed */
  readonly redact?: Redactor | undefined
  readonly onLoss: OnLoss
  /** Where spans go; without it tracers record nothing. */
  readonly spans?: RecordBuffer | undefined
  /** Where log records go; without it loggers record nothing. */
  readonly logs?: RecordBuffer | undefined
  /** Where log records of a durable class go. @defaultValue where all others go */
  readonly durableLogs?: RecordBuffer | undefined
  /** What a policy says of classes. @defaultValue the built-in policy's */
  readonly classRules?: ClassRules | undefined
  /** Makes what decides which traces are sent; a `SourceSampler`. @defaultValue all are sent, at no cost */
  readonly createSourceSampler?: ((parts: SamplerParts) => SourceSampler) | undefined
  /**
   * A collector samples traces later, by their spans: where a record asks for its trace to be kept, by its class, its severity
   * or an exception, spans that end from then on say so in `plutus.keep`. Not beside a `SourceSampler`, which marks by itself.
   * @defaultValue false
   */
  readonly marksKept?: boolean | undefined
  /** Attributes that a span gets from its context. */
  readonly stampSpan?: ((context: Context) => Readonly<Record<string, unknown>> | undefined) | undefined
  /** Fields that a log record gets from its context where it does not bring them itself. */
  readonly stampLog?: ((context: Context) => Readonly<Record<string, unknown>> | undefined) | undefined
}

/** Providers behind the API, and the encoder that they share. */
export interface Providers {
  readonly tracerProvider: TracerProvider | undefined
  readonly loggerProvider: LoggerProvider | undefined
  /** For metrics, which share its limits and its counting. */
  readonly encoder: Encoder
  /** Encodes the resource for requests. */
  encodeResource(attributes: Attributes, schemaUrl?: string): EncodedHeader
  /** Turns into bytes what waits for the end of this turn of the event loop, as roots do with `marksKept`. */
  settle(): void
}

/**
 * Creates the providers. Spans become bytes when they end and log records when they are emitted: that one place is
 * where limits, redaction and counting live.
 */
export function createProviders(options: ProviderOptions): Providers {
  const encoder = createEncoder({ redact: options.redact, limits: options.limits, onLoss: options.onLoss })
  const clock = new Clock()
  const { spans, logs, durableLogs } = options
  const sourceSampler = options.createSourceSampler?.({ encoder, spans, logs, durableLogs })
  const writeSpan: WriteSpan = (span, scope) => {
    if (spans === undefined) return
    const out = spans.open()
    const start = out.position
    if (encoder.encodeSpan(out, span)) spans.close(scope, start)
  }
  const marker = options.marksKept === true && sourceSampler === undefined ? new TraceMarker(writeSpan) : undefined
  const parts = { encoder, clock, sourceSampler, marker }
  return {
    tracerProvider: spans === undefined ? undefined : createTracerProvider(options, parts, writeSpan),
    loggerProvider: logs === undefined ? undefined : createLoggerProvider(options, { ...parts, buffer: logs }),
    encoder,
    encodeResource: (attributes, schemaUrl) => encoder.encodeResource({ attributes, schemaUrl }),
    settle: () => marker?.settle(),
  }
}

interface Parts {
  readonly encoder: Encoder
  readonly clock: Clock
  readonly sourceSampler: SourceSampler | undefined
  readonly marker: TraceMarker | undefined
}

// Names come from program text; a program that makes them from data must not fill the memory.
const MAX_SCOPES = 1_000

function createTracerProvider(
  { sampler, bounds, stampSpan, onLoss }: ProviderOptions,
  { encoder, clock, sourceSampler, marker }: Parts,
  write: WriteSpan,
): TracerProvider {
  const home = { sampler, sourceSampler, marker, stamp: stampSpan, onLoss }
  return {
    getTracer: createScopeCache((scope): Tracer => {
      const spans: SpanHome = {
        clock,
        bounds,
        onEnd: (span, fate, isLocalRoot) => {
          if (fate !== undefined) {
            if (sourceSampler !== undefined) return sourceSampler.endSpan(span, fate, isLocalRoot, scope)
            if (fate !== HEAD) return marker?.endSpan(span, fate, isLocalRoot, scope)
            markHead(span)
          }
          write(span, scope)
        },
      }
      return new ScopeTracer(home, spans)
    }, encoder),
  }
}

function createLoggerProvider(
  { stampLog, durableLogs, onLoss, classRules: rules = BUILT_IN_RULES }: ProviderOptions,
  { encoder, clock, buffer, sourceSampler, marker }: Parts & { readonly buffer: RecordBuffer },
): LoggerProvider {
  const encode = (record: LogRecord, scope: EncodedHeader, isDurable: boolean): void => {
    const target = isDurable && durableLogs !== undefined ? durableLogs : buffer
    const out = target.open()
    const start = out.position
    if (encoder.encodeLogRecord(out, record)) target.close(scope, start)
  }
  const onKnown =
    marker &&
    ((record: LogRecord, { fate }: SpanIdentity): void => {
      if (keepReasonOfRecord(record, rules) !== undefined) marker.keep(fate)
    })
  return {
    getLogger: createScopeCache((scope): Logger => {
      const onRecord =
        sourceSampler === undefined
          ? (record: LogRecord, _owner: SpanIdentity | SpanContext | undefined, isDurable: boolean) =>
              encode(record, scope, isDurable)
          : (record: LogRecord, owner: SpanIdentity | SpanContext | undefined, isDurable: boolean) =>
              sourceSampler.emit(record, owner, scope, isDurable)
      return new LogEmitter({ clock, rules, stamp: stampLog, onRecord, onLoss, onKnown })
    }, encoder),
  }
}

/** Makes one tracer or logger per name, version and schema. */
function createScopeCache<T>(create: (scope: EncodedHeader) => T, encoder: Encoder) {
  const made = new Map<string, T>()
  return (
    givenName: string,
    givenVersion?: string,
    options?: { readonly schemaUrl?: string; readonly scopeAttributes?: Attributes },
  ): T => {
    // The specification asks for a tracer or logger also where the name is none: that of the empty name.
    const name = typeof givenName === 'string' ? givenName : ''
    const version = typeof givenVersion === 'string' ? givenVersion : undefined
    const key = `${name}\n${version ?? ''}\n${options?.schemaUrl ?? ''}`
    const known = options?.scopeAttributes === undefined ? made.get(key) : undefined
    if (known !== undefined) return known
    const scope = encoder.encodeScope({
      name,
      version,
      schemaUrl: options?.schemaUrl,
      attributes: options?.scopeAttributes,
    })
    const created = create(scope)
    if (made.size < MAX_SCOPES && options?.scopeAttributes === undefined) made.set(key, created)
    return created
  }
}
