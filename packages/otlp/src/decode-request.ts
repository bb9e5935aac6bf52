import { decodeMessage, type DecodeLimits, type DecodeResult } from './decode-message.ts'
import type { DecodedLogsRequest, DecodedMetricsRequest, DecodedTraceRequest } from './otlp-messages.ts'
import { REQUESTS } from './otlp-schema.ts'

/** Decodes an ExportTraceServiceRequest; never throws. */
export function decodeTraceRequest(bytes: Uint8Array, limits?: DecodeLimits): DecodeResult<DecodedTraceRequest> {
  return decodeMessage(REQUESTS.traces, bytes, limits)
}

/** Decodes an ExportLogsServiceRequest; never throws. */
export function decodeLogsRequest(bytes: Uint8Array, limits?: DecodeLimits): DecodeResult<DecodedLogsRequest> {
  return decodeMessage(REQUESTS.logs, bytes, limits)
}

/** Decodes an ExportMetricsServiceRequest; never throws. */
export function decodeMetricsRequest(bytes: Uint8Array, limits?: DecodeLimits): DecodeResult<DecodedMetricsRequest> {
  return decodeMessage(REQUESTS.metrics, bytes, limits)
}
