import { deepStrictEqual } from 'node:assert/strict'
import { context, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api'
import type { Context, Logger, LoggerProvider, LogRecord, Tracer, TracerProvider } from '@opentelemetry/api'
import { ProtobufLogsSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { LoggerProvider as UpstreamLoggerProvider } from '@opentelemetry/sdk-logs'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { TracerProvider as UpstreamTracerProvider } from '@opentelemetry/sdk-trace'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { createBufferPool, decodeLogsRequest, decodeTraceRequest, toPlainAttributes } from '@plutus/otlp'
import { createRedactor } from '@plutus/redaction'
import { createProviders } from './providers.ts'
import type { ProviderOptions } from './providers.ts'
import { assembleBatch, RecordBuffer } from './record-buffer.ts'
import type { RecordBatch } from './record-buffer.ts'
import { SourceSampler } from './sampling/source-sampler.ts'
import { StorageContextManager } from './storage-context-manager.ts'
import { createTraceSampler } from './trace-samplers.ts'

// Runs under plain Node, as a service would run it, and prints nanoseconds per record as JSON. All contestants take
// turns in each round, so that a busy machine is busy for all of them.

const RECORDS = 256
const ROUNDS = 150

/** An SDK and what it made last. */
interface Sdk {
  readonly tracers: TracerProvider
  readonly loggers: LoggerProvider
  readonly traceRequest: () => Uint8Array
  readonly logsRequest: () => Uint8Array
}

function createOwn({ createSourceSampler, redact }: Pick<ProviderOptions, 'createSourceSampler' | 'redact'> = {}): Sdk {
  const pool = createBufferPool()
  const last: { traces?: Uint8Array; logs?: Uint8Array } = {}
  let keeps = true
  const bufferOf = (signal: 'traces' | 'logs'): RecordBuffer =>
    new RecordBuffer({
      pool,
      maxBytes: 200_000,
      maxRecords: RECORDS,
      delayMillis: 60_000,
      onBatch: (batch: RecordBatch) => {
        // Once, to check it; then the batch is dropped, as it would be handed to the thread that sends it.
        if (keeps) last[signal] = assembleBatch(resource, batch)
        if (last.traces !== undefined && last.logs !== undefined) keeps = false
        pool.release(batch.buffer)
      },
    })
  const providers = createProviders({
    sampler: createTraceSampler('parentbased_always_on'),
    limits: {},
    bounds: { attributes: 128, events: 128, links: 128 },
    onLoss: () => undefined,
    spans: bufferOf('traces'),
    logs: bufferOf('logs'),
    createSourceSampler,
    redact,
  })
  const resource = providers.encodeResource({ 'service.name': 'shop' })
  return {
    tracers: providers.tracerProvider as TracerProvider,
    loggers: providers.loggerProvider as LoggerProvider,
    traceRequest: () => last.traces as Uint8Array,
    logsRequest: () => last.logs as Uint8Array,
  }
}

const nothing = async (): Promise<void> => {}

/** Upstream's SDK with processors that gather as many records as we do, and then encode or just drop them. */
function createUpstream(encodes: boolean): Sdk {
  let spans: ReadableSpan[] = []
  let logs: ReadableLogRecord[] = []
  const last: { traces?: Uint8Array; logs?: Uint8Array } = {}
  const tracers = new UpstreamTracerProvider({
    spanProcessors: [
      {
        onStart: () => {},
        onEnd: (span) => {
          if (spans.push(span) < RECORDS) return
          if (encodes) last.traces = ProtobufTraceSerializer.serializeRequest(spans) as Uint8Array
          spans = []
        },
        forceFlush: nothing,
        shutdown: nothing,
      },
    ],
  })
  const loggers = new UpstreamLoggerProvider({
    processors: [
      {
        onEmit: (record) => {
          if (logs.push(record) < RECORDS) return
          if (encodes) last.logs = ProtobufLogsSerializer.serializeRequest(logs) as Uint8Array
          logs = []
        },
        forceFlush: nothing,
        shutdown: nothing,
      },
    ],
  })
  return {
    tracers,
    loggers,
    traceRequest: () => last.traces as Uint8Array,
    logsRequest: () => last.logs as Uint8Array,
  }
}

/** Texts as they come from a socket or a parser, not as the compiler joins them. */
const flat = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
const paths = Array.from({ length: RECORDS }, (_, i) => flat(`/checkout/${1000 + i * 7}`))
const payments = Array.from({ length: RECORDS }, (_, i) => flat(`pay_${100_000 + i}`))

/** A server's span as the HTTP instrumentation makes it. */
function recordSpan(tracer: Tracer, parent: Context, i: number): void {
  const attributes = {
    'http.request.method': 'GET',
    'url.scheme': 'http',
    'url.path': paths[i],
    'server.address': 'shop.example.com',
    'server.port': 8080,
    'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64)',
    'client.address': '10.0.0.7',
    'network.peer.port': 40_000 + i,
    'network.protocol.version': '1.1',
  }
  const span = tracer.startSpan('GET', { kind: SpanKind.SERVER, attributes }, parent)
  span.updateName('GET /checkout/:id')
  span.setAttribute('http.response.status_code', 200)
  span.setAttributes({ 'http.route': '/checkout/:id' })
  span.end()
}

function emitRecord(logger: Logger, i: number): void {
  const record: LogRecord = {
    severityNumber: 9,
    severityText: 'INFO',
    body: 'payment completed',
    eventName: 'payment.completed',
    attributes: {
      'payment.id': payments[i],
      'payment.amount': 1999 + i,
      'payment.currency': 'EUR',
      'user.id': 'user-7',
      'order.id': 'ord-777',
      'payment.provider': 'stripe',
      duration: 12.5 + i,
      retry: false,
    },
  }
  logger.emit(record)
}

context.setGlobalContextManager(new StorageContextManager())
const remote = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1, isRemote: true }
const parent = trace.setSpanContext(ROOT_CONTEXT, remote)

const sdks = {
  Plutus: createOwn(),
  'Plutus, redacting': createOwn({ redact: createRedactor() }),
  'OpenTelemetry JS, encoded': createUpstream(true),
  'OpenTelemetry JS, dropped unencoded': createUpstream(false),
}
type Contestant = readonly [name: string, run: () => void]
const contestants = Object.entries(sdks).flatMap(([name, { tracers, loggers }]): Contestant[] => {
  const tracer = tracers.getTracer('shop', '1.0.0')
  const logger = loggers.getLogger('shop', '1.0.0')
  const span = tracer.startSpan('around', { kind: SpanKind.SERVER }, parent)
  const inSpan = trace.setSpan(parent, span)
  const recordSpans = (): void => {
    for (let i = 0; i < RECORDS; i++) recordSpan(tracer, parent, i)
  }
  const emitRecords = (): void =>
    context.with(inSpan, () => {
      for (let i = 0; i < RECORDS; i++) emitRecord(logger, i)
    })
  return [
    [`span, ${name}`, recordSpans],
    [`log, ${name}`, emitRecords],
  ]
})

// What sampling at the source costs: a trace of its own for each span and record, of which one in ten is sent.
let sampler: SourceSampler | undefined
const sampled = createOwn({
  createSourceSampler: (parts) => {
    const slow = { millis: 60_000, routes: {} }
    sampler = new SourceSampler({ rate: 0.1, slow, maxBytes: 8 * 1024 * 1024, isRateKnown: true }, parts)
    return sampler
  },
})
const traceContestants = Object.entries({ Plutus: sdks.Plutus, 'Plutus at a rate of 0.1': sampled }).map(
  ([name, { tracers, loggers }]): Contestant => {
    const tracer = tracers.getTracer('shop', '1.0.0')
    const logger = loggers.getLogger('shop', '1.0.0')
    const recordTraces = (): void => {
      for (let i = 0; i < RECORDS; i++) {
        const root = tracer.startSpan('root', {}, ROOT_CONTEXT)
        const inRoot = trace.setSpan(ROOT_CONTEXT, root)
        recordSpan(tracer, inRoot, i)
        context.with(inRoot, () => emitRecord(logger, i))
        root.end()
      }
    }
    return [`trace of two spans and a record, ${name}`, recordTraces]
  },
)

// What is measured must be the same before it means anything how long it takes.
for (const [, run] of contestants) run()
const read = ({ traceRequest, logsRequest }: Sdk): unknown => {
  const [traces, logs] = [decodeTraceRequest(traceRequest()), decodeLogsRequest(logsRequest())]
  if (!traces.ok || !logs.ok) throw new Error('not OTLP')
  const spans = traces.value.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))
  const records = logs.value.resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap((scope) => scope.logRecords))
  return [
    spans.map((span) => [span.name, span.kind, span.traceId, span.flags, toPlainAttributes(span.attributes)]),
    records.map((log) => [log.body, log.eventName, log.severityNumber, log.traceId, toPlainAttributes(log.attributes)]),
  ]
}
deepStrictEqual(read(sdks.Plutus), read(sdks['OpenTelemetry JS, encoded']))
// Nothing in these records is a secret.
deepStrictEqual(read(sdks.Plutus), read(sdks['Plutus, redacting']))

for (const [, run] of traceContestants) run()
sampler?.tick()
sampler?.tick()
const { counts } = sampler as SourceSampler
const [sent = 0, dropped = 0] = [counts.sent.get('rate'), counts.dropped.get('rate')]
deepStrictEqual([sent + dropped, counts.droppedSpans, counts.droppedRecords], [RECORDS, 2 * dropped, dropped])

const all = [...contestants, ...traceContestants]
const samples = all.map((): number[] => [])
for (let round = 0; round < ROUNDS; round++) {
  sampler?.tick()
  all.forEach(([, run], i) => {
    const before = process.hrtime.bigint()
    for (let repeat = 0; repeat < 4; repeat++) run()
    samples[i]?.push(Number(process.hrtime.bigint() - before) / 4 / RECORDS)
  })
}
const results = all.map(([name], i) => {
  const sorted = (samples[i] ?? []).toSorted((a, b) => a - b)
  const at = (share: number): number => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0)
  return { name, fastest: at(0), median: at(0.5) }
})
process.stdout.write(JSON.stringify(results))
