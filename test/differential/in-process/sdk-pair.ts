import type { LoggerProvider, TracerProvider } from '@opentelemetry/api'
import { ProtobufLogsSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { LoggerProvider as UpstreamLoggerProvider } from '@opentelemetry/sdk-logs'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TracerProvider as UpstreamTracerProvider,
} from '@opentelemetry/sdk-trace'
import type { ReadableSpan, Sampler } from '@opentelemetry/sdk-trace'
import { createBufferPool, decodeLogsRequest, decodeTraceRequest } from '@plutus/otlp'
import type { DecodedLogRecord, DecodedLogsRequest, DecodedSpan, DecodedTraceRequest, DecodeResult } from '@plutus/otlp'
import { assembleBatch, createProviders, createTraceSampler, RecordBuffer } from '@plutus/sdk'
import type { RecordBatch } from '@plutus/sdk'

/** What both SDKs are set up with. */
export interface Settings {
  readonly sampler: 'always_on' | 'always_off' | 'parentbased_always_on' | 'parentbased_always_off'
  readonly attributes: number
  readonly events: number
  readonly links: number
  readonly eventAttributes: number
  readonly linkAttributes: number
  readonly logAttributes: number
  /** `Infinity` is no limit. */
  readonly valueLength: number
}

/** A scope as it stands in a request. */
export interface SentScope {
  readonly name: string
  readonly version: string
  readonly schemaUrl: string
}

/** What an SDK made of the calls, decoded from its bytes. */
export interface Sent {
  readonly spans: readonly { readonly scope: SentScope; readonly span: DecodedSpan }[]
  readonly logs: readonly { readonly scope: SentScope; readonly log: DecodedLogRecord }[]
}

/** One of the two. */
export interface Sdk {
  readonly tracers: TracerProvider
  readonly loggers: LoggerProvider
  readonly sent: () => Sent
}

const RESOURCE = { 'service.name': 'differential' }
const pool = createBufferPool()
const nothing = async (): Promise<void> => {}

/** Our providers, without delivery. */
export function createOwn(settings: Settings): Sdk {
  const batches: Record<'traces' | 'logs', RecordBatch[]> = { traces: [], logs: [] }
  const bufferOf = (signal: 'traces' | 'logs'): RecordBuffer =>
    new RecordBuffer({
      pool,
      maxBytes: Infinity,
      maxRecords: Infinity,
      delayMillis: 60_000,
      onBatch: (batch) => void batches[signal].push(batch),
    })
  const [spans, logs] = [bufferOf('traces'), bufferOf('logs')]
  const { attributes, events, links, eventAttributes, linkAttributes, logAttributes, valueLength } = settings
  const providers = createProviders({
    sampler: createTraceSampler(settings.sampler),
    limits: {
      spanAttributes: attributes,
      spanEvents: events,
      spanLinks: links,
      eventAttributes,
      linkAttributes,
      logAttributes,
      spanValueLength: valueLength,
      logValueLength: valueLength,
    },
    bounds: { attributes, events, links },
    onLoss: () => undefined,
    spans,
    logs,
  })
  const resource = providers.encodeResource(RESOURCE)
  return {
    tracers: providers.tracerProvider as TracerProvider,
    loggers: providers.loggerProvider as LoggerProvider,
    sent: () => {
      spans.flush()
      logs.flush()
      const requests = {
        traces: batches.traces.map((batch) => assembleBatch(resource, batch)),
        logs: batches.logs.map((batch) => assembleBatch(resource, batch)),
      }
      return {
        spans: requests.traces.flatMap((bytes) => listSpans(whole(decodeTraceRequest(bytes)))),
        logs: requests.logs.flatMap((bytes) => listLogs(whole(decodeLogsRequest(bytes)))),
      }
    },
  }
}

/** Upstream's providers, with processors that keep what is sampled. */
export function createUpstream(settings: Settings): Sdk {
  const spans: ReadableSpan[] = []
  const logs: ReadableLogRecord[] = []
  const resource = resourceFromAttributes(RESOURCE)
  const tracers = new UpstreamTracerProvider({
    resource,
    sampler: samplerOf(settings.sampler),
    spanLimits: {
      attributeCountLimit: settings.attributes,
      attributeValueLengthLimit: settings.valueLength,
      eventCountLimit: settings.events,
      linkCountLimit: settings.links,
      attributePerEventCountLimit: settings.eventAttributes,
      attributePerLinkCountLimit: settings.linkAttributes,
    },
    spanProcessors: [
      { onStart: () => {}, onEnd: (span) => void spans.push(span), forceFlush: nothing, shutdown: nothing },
    ],
  })
  const loggers = new UpstreamLoggerProvider({
    resource,
    logRecordLimits: {
      attributeCountLimit: settings.logAttributes,
      attributeValueLengthLimit: settings.valueLength,
    },
    processors: [{ onEmit: (record) => void logs.push(record), forceFlush: nothing, shutdown: nothing }],
  })
  return {
    tracers,
    loggers,
    sent: () => ({
      spans: listSpans(whole(decodeTraceRequest(ProtobufTraceSerializer.serializeRequest(spans) as Uint8Array))),
      logs: listLogs(whole(decodeLogsRequest(ProtobufLogsSerializer.serializeRequest(logs) as Uint8Array))),
    }),
  }
}

function samplerOf(name: Settings['sampler']): Sampler {
  switch (name) {
    case 'always_on':
      return new AlwaysOnSampler()
    case 'always_off':
      return new AlwaysOffSampler()
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() })
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() })
  }
}

function whole<T>(result: DecodeResult<T>): T {
  if (!result.ok) throw new Error(`not OTLP: ${result.code}`)
  return result.value
}

function listSpans(request: DecodedTraceRequest): Sent['spans'][number][] {
  return request.resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ scope, schemaUrl, spans }) =>
      spans.map((span) => ({ scope: scopeOf(scope, schemaUrl), span })),
    ),
  )
}

function listLogs(request: DecodedLogsRequest): Sent['logs'][number][] {
  return request.resourceLogs.flatMap(({ scopeLogs }) =>
    scopeLogs.flatMap(({ scope, schemaUrl, logRecords }) =>
      logRecords.map((log) => ({ scope: scopeOf(scope, schemaUrl), log })),
    ),
  )
}

function scopeOf(scope: { readonly name: string; readonly version: string } | undefined, schemaUrl: string): SentScope {
  return { name: scope?.name ?? '', version: scope?.version ?? '', schemaUrl }
}
