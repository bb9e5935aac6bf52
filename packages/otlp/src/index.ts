export { assembleRequest, layOutRequest, splitRequests } from './assemble-request.ts'
export type { ScopeRecords, SizedRequest, SplitRequests } from './assemble-request.ts'
export type { AttributePairs, Attributes, AttributeSources } from './attribute-writer.ts'
export { createBufferPool } from './buffer-pool.ts'
export type { BufferPool, BufferPoolOptions } from './buffer-pool.ts'
export { ByteBuffer } from './byte-buffer.ts'
export { decodeLogsRequest, decodeMetricsRequest, decodeTraceRequest } from './decode-request.ts'
export type { DecodeLimits, DecodeResult } from './decode-message.ts'
export { createEncoder } from './encoder.ts'
export type { EncodedHeader, Encoder, EncoderOptions } from './encoder.ts'
export { decodeResponse, readJsonResponse } from './export-response.ts'
export type { ExportResponse } from './export-response.ts'
export { countRecords, findRecordEnd } from './frames.ts'
export { frameGrpcMessage, unframeGrpcMessage } from './grpc-frame.ts'
export type { EncoderLimits } from './limits.ts'
export type { LogRecord } from './log-encoder.ts'
export type { EncodedKind, LossReason, OnLoss } from './losses.ts'
export type {
  GaugeSnapshot,
  HistogramPoint,
  HistogramSnapshot,
  MetricSnapshot,
  NumberPoint,
  SumSnapshot,
} from './metric-encoder.ts'
export { protobufToJson, writeJson } from './otlp-json.ts'
export type { DecodedRequests, Signal } from './otlp-json.ts'
export type {
  DecodedEntityRef,
  DecodedEvent,
  DecodedExemplar,
  DecodedExponentialPoint,
  DecodedHistogramPoint,
  DecodedKeyValue,
  DecodedLink,
  DecodedLogRecord,
  DecodedLogsRequest,
  DecodedMetric,
  DecodedMetricsRequest,
  DecodedNumberPoint,
  DecodedResource,
  DecodedScope,
  DecodedSpan,
  DecodedSummaryPoint,
  DecodedTraceRequest,
  DecodedValue,
} from './otlp-messages.ts'
export { toPlainAttributes, toPlainValue } from './plain-value.ts'
export type { PreparedAttributes } from './prepared-attributes.ts'
export type { Carrier, KeyVerdict, Redactor } from './redactor.ts'
export type { ResourceRecord, ScopeRecord } from './shared-encoder.ts'
export { spanFlags } from './span-encoder.ts'
export type { SpanEventRecord, SpanLinkRecord, SpanRecord } from './span-encoder.ts'
export type { SpanId, TraceId } from './span-ids.ts'
export type { UnixTime } from './unix-time.ts'
export type { DecodeErrorCode } from './wire-reader.ts'
