import { createTraceState, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api'
import type { Context, LogRecord, Span, SpanContext, SpanOptions } from '@opentelemetry/api'
import { createBufferPool, decodeLogsRequest, decodeTraceRequest, toPlainAttributes, toPlainValue } from '@plutus/otlp'
import { createProviders } from '../providers.ts'
import { assembleBatch, RecordBuffer } from '../record-buffer.ts'
import type { RecordBatch } from '../record-buffer.ts'
import { createTraceSampler } from '../trace-samplers.ts'
import { SourceSampler } from './source-sampler.ts'
import type { SourceSamplerOptions } from './source-sampler.ts'

/** A span as it was sent. */
export interface SentSpan {
  readonly name: string
  readonly scope: string
  readonly traceId: string
  readonly traceState: string
  readonly attributes: Readonly<Record<string, unknown>>
}

/** A log record as it was sent. */
export interface SentRecord {
  readonly body: unknown
  readonly traceId: string
  readonly buffer: 'logs' | 'durable'
}

/** Providers with a source sampler, and what they send. Time goes by with `tick` alone. */
export interface SamplingRig {
  readonly sampler: SourceSampler
  /** Keys that other threads were told of. */
  readonly told: readonly number[]
  start(name: string, parent?: Span | Context, options?: SpanOptions, scope?: string): Span
  emit(body: string, parent?: Span | Context, record?: LogRecord): void
  /** Lets seconds go by. */
  tick(seconds?: number): void
  /** What was sent since the last call. */
  sent(): { spans: SentSpan[]; records: SentRecord[]; names: string[] }
}

const inContext = (parent: Span | Context | undefined): Context => {
  if (parent === undefined) return ROOT_CONTEXT
  return 'getValue' in parent ? parent : trace.setSpan(ROOT_CONTEXT, parent)
}

/** Makes a rig with a rate of 0, unless `options` say otherwise: what is sent has a reason. */
export function createRig(options: Partial<SourceSamplerOptions> = {}): SamplingRig {
  let now = 0
  const told: number[] = []
  const batches: { readonly name: 'traces' | 'logs' | 'durable'; readonly batch: RecordBatch }[] = []
  const pool = createBufferPool()
  const bufferOf = (name: 'traces' | 'logs' | 'durable'): RecordBuffer =>
    new RecordBuffer({
      pool,
      maxBytes: 200_000,
      maxRecords: Infinity,
      delayMillis: 60_000,
      onBatch: (batch) => void batches.push({ name, batch }),
    })
  const buffers = { spans: bufferOf('traces'), logs: bufferOf('logs'), durableLogs: bufferOf('durable') }
  const made: SourceSampler[] = []
  const providers = createProviders({
    sampler: createTraceSampler('parentbased_always_on'),
    limits: {},
    bounds: { attributes: 128, events: 128, links: 128 },
    onLoss: () => undefined,
    ...buffers,
    createSourceSampler: (parts) => {
      const sampler = new SourceSampler(
        {
          rate: 0,
          slow: { millis: 1000, routes: {} },
          maxBytes: 1024 * 1024,
          isRateKnown: true,
          onKeep: (key) => told.push(key),
          now: () => now,
          ...options,
        },
        parts,
      )
      made.push(sampler)
      return sampler
    },
  })
  const sampler = made[0] as SourceSampler
  const resource = providers.encodeResource({})
  const logger = providers.loggerProvider?.getLogger('rig')
  return {
    sampler,
    told,
    start: (name, parent, spanOptions, scope = 'rig') =>
      providers.tracerProvider?.getTracer(scope).startSpan(name, spanOptions, inContext(parent)) as Span,
    emit: (body, parent, record) => logger?.emit({ severityNumber: 9, body, context: inContext(parent), ...record }),
    tick: (seconds = 1) => {
      for (let i = 0; i < seconds; i++) {
        now += 1000
        sampler.tick()
      }
    },
    sent: () => {
      for (const buffer of Object.values(buffers)) buffer.flush()
      const spans: SentSpan[] = []
      const records: SentRecord[] = []
      for (const { name, batch } of batches.splice(0)) {
        const request = assembleBatch(resource, batch)
        if (name === 'traces') spans.push(...readSpans(request))
        else records.push(...readRecords(request).map((record) => ({ ...record, buffer: name })))
        pool.release(batch.buffer)
      }
      return { spans, records, names: [...spans.map((span) => span.name), ...records.map(({ body }) => String(body))] }
    },
  }
}

/** A context whose span is of another process. */
export function remoteContext(traceId: string, traceState?: string): Context {
  const span: SpanContext = {
    traceId,
    spanId: 'b'.repeat(16),
    traceFlags: 1,
    isRemote: true,
    ...(traceState === undefined ? undefined : { traceState: createTraceState(traceState) }),
  }
  return trace.setSpanContext(ROOT_CONTEXT, span)
}

/** A trace id with given randomness: what a threshold is compared with. */
export function traceIdOf(randomness: string): string {
  return `${'a'.repeat(32 - randomness.length)}${randomness}`
}

export const SERVER: SpanOptions = { kind: SpanKind.SERVER }

function readSpans(request: Uint8Array): SentSpan[] {
  const decoded = decodeTraceRequest(request)
  if (!decoded.ok) throw new Error('not OTLP')
  return decoded.value.resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map(({ name, traceId, traceState, attributes }) => ({
        name,
        scope: scope?.name ?? '',
        traceId,
        traceState,
        attributes: toPlainAttributes(attributes),
      })),
    ),
  )
}

function readRecords(request: Uint8Array): { body: unknown; traceId: string }[] {
  const decoded = decodeLogsRequest(request)
  if (!decoded.ok) throw new Error('not OTLP')
  return decoded.value.resourceLogs.flatMap(({ scopeLogs }) =>
    scopeLogs.flatMap(({ logRecords }) =>
      logRecords.map(({ body, traceId }) => ({ body: body === undefined ? body : toPlainValue(body), traceId })),
    ),
  )
}
