import {
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer'
import type { ISerializer } from '@opentelemetry/otlp-transformer'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import type { OtlpSettings } from '@plutus/sdk'
import { loadPart } from './load-part.ts'

/** Turns telemetry of one signal into the body of a request, and reads the answer. */
export interface Encoding<Telemetry> {
  /** @throws if something in it cannot be encoded. */
  readonly encode: (telemetry: Telemetry) => Uint8Array
  /** Number of items that an answer says were not accepted; 0 if it says nothing or cannot be read. */
  readonly countRejected: (answer: Uint8Array) => number
}

type Protocol = OtlpSettings['protocol']

/** Creates the encoding of spans. */
export function createSpanEncoding(protocol: Protocol): Encoding<ReadableSpan[]> {
  return createEncoding(protocol === 'http/json' ? loadPart('json').JsonTraceSerializer : ProtobufTraceSerializer)
}

/** Creates the encoding of log records. */
export function createLogEncoding(protocol: Protocol): Encoding<ReadableLogRecord[]> {
  return createEncoding(protocol === 'http/json' ? loadPart('json').JsonLogsSerializer : ProtobufLogsSerializer)
}

/** Creates the encoding of metrics. */
export function createMetricEncoding(protocol: Protocol): Encoding<ResourceMetrics> {
  return createEncoding(protocol === 'http/json' ? loadPart('json').JsonMetricsSerializer : ProtobufMetricsSerializer)
}

function createEncoding<Telemetry, Response>(serializer: ISerializer<Telemetry, Response>): Encoding<Telemetry> {
  return {
    encode: (telemetry) => {
      const body = serializer.serializeRequest(telemetry)
      if (body === undefined) throw new TypeError('Nothing to encode')
      return body
    },
    countRejected: (answer) => {
      if (answer.byteLength === 0) return 0
      try {
        return readRejected(serializer.deserializeResponse(answer))
      } catch {
        // Not OTLP, as from a proxy: the status alone counts.
        return 0
      }
    },
  }
}

const REJECTED = new Set(['rejectedSpans', 'rejectedDataPoints', 'rejectedLogRecords'])

/** The member of `partialSuccess` that counts: a number, or in JSON a text, since it has 64 bits. */
function readRejected(response: unknown): number {
  if (typeof response !== 'object' || response === null || !('partialSuccess' in response)) return 0
  const partial = response.partialSuccess
  if (typeof partial !== 'object' || partial === null) return 0
  for (const [key, value] of Object.entries(partial)) {
    if (REJECTED.has(key)) return Math.max(Number(value) || 0, 0)
  }
  return 0
}
