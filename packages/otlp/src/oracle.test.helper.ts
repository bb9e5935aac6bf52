import { EXPORT_CALLS } from '@plutus/test-kit/otlp-schema'
import * as fc from 'fast-check'
import { assembleRequest } from './assemble-request.ts'
import { ByteBuffer } from './byte-buffer.ts'
import { createEncoder, type Encoder, type EncoderOptions } from './encoder.ts'
import type { LogRecord } from './log-encoder.ts'
import type { LossReason } from './losses.ts'
import type { MetricSnapshot } from './metric-encoder.ts'
import type { Signal } from './otlp-json.ts'
import type { SpanRecord } from './span-encoder.ts'

/** A decoded message in a form in which protobufjs and this room can be compared: ids and 64-bit integers as text. */
export type Canonical = { [name: string]: CanonicalValue }
export type CanonicalValue = string | number | boolean | Canonical | CanonicalValue[]

const IDS = new Set(['traceId', 'spanId', 'parentSpanId'])

const UNIT = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 0x7f }).map((code) => String.fromCharCode(code)) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) },
  { weight: 1, arbitrary: fc.constantFrom('😀', 'é', '€', '\ud800', '\udc00', '\0') },
)
const ASCII = fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code))

/** Text of any characters, lone surrogates too; half of it is ASCII. */
export function anyText(constraints: { minLength?: number; maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.oneof(fc.string({ ...constraints, unit: UNIT }), fc.string({ ...constraints, unit: ASCII }))
}

/** Decodes a request with protobufjs and the public message definitions. */
export function decodeWithProtobufjs(signal: Signal, bytes: Uint8Array): Canonical {
  const { request } = EXPORT_CALLS[signal]
  return canonical(
    request.toObject(request.decode(bytes), { defaults: true, arrays: true, longs: String }),
  ) as Canonical
}

/** Brings a decoded message into the form for comparisons; nothing is left out but absent members. */
export function canonical(value: unknown, name = ''): CanonicalValue {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString(IDS.has(name) ? 'hex' : 'base64')
  if (Array.isArray(value)) return value.map((item) => canonical(item, name))
  if (typeof value !== 'object' || value === null) return value as CanonicalValue
  const members = Object.entries(value).filter(([, member]) => member !== undefined && member !== null)
  return Object.fromEntries(members.map(([key, member]) => [key, canonical(member, key)]))
}

/** The AnyValue that a plain JSON-like value (or a bigint, or bytes) becomes. */
export function anyValueOf(value: unknown): Canonical {
  if (typeof value === 'string') return { stringValue: value.toWellFormed() }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'bigint') {
    return BigInt.asIntN(64, value) === value ? { intValue: value.toString() } : { stringValue: value.toString() }
  }
  if (typeof value === 'number') {
    const isInt64 = Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63
    return isInt64 ? { intValue: BigInt(value).toString() } : { doubleValue: value }
  }
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValueOf) } }
  return value === null || value === undefined ? {} : { kvlistValue: { values: keyValuesOf(value) } }
}

/** The attributes that a plain object becomes. */
export function keyValuesOf(attributes: object): Canonical[] {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key: key.toWellFormed(), value: anyValueOf(value) }))
}

/** What became of one record. */
export interface Encoded {
  /** The record as protobufjs decodes it; empty if the encoder refused it. */
  readonly record: Canonical
  readonly losses: Partial<Record<LossReason, number>>
  /** The bytes of the record. */
  readonly bytes: Uint8Array
}

/** Encodes one span by itself. */
export const encodeSpanAlone = (span: SpanRecord, options?: EncoderOptions): Encoded =>
  encodeAlone('traces', options, (encoder, out) => encoder.encodeSpan(out, span))

/** Encodes one log record by itself. */
export const encodeLogAlone = (record: LogRecord, options?: EncoderOptions): Encoded =>
  encodeAlone('logs', options, (encoder, out) => encoder.encodeLogRecord(out, record))

/** Encodes one metric by itself. */
export const encodeMetricAlone = (metric: MetricSnapshot, options?: EncoderOptions): Encoded =>
  encodeAlone('metrics', options, (encoder, out) => encoder.encodeMetric(out, metric))

function encodeAlone(
  signal: Signal,
  options: EncoderOptions | undefined,
  encode: (encoder: Encoder, out: ByteBuffer) => boolean,
): Encoded {
  const losses: Partial<Record<LossReason, number>> = {}
  const encoder = createEncoder({
    ...options,
    onLoss: (reason, kind, count) => {
      losses[reason] = (losses[reason] ?? 0) + count
      options?.onLoss?.(reason, kind, count)
    },
  })
  const out = new ByteBuffer(16)
  const written = encode(encoder, out)
  const bytes = out.written()
  return { record: written ? firstRecord(signal, bytes) : {}, losses, bytes }
}

function firstRecord(signal: Signal, records: Uint8Array): Canonical {
  const request = assembleRequest(new Uint8Array(0), [{ scope: new Uint8Array(0), parts: [records] }])
  return recordsOf(signal, decodeWithProtobufjs(signal, request))[0] as Canonical
}

const NAMES = {
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
} as const

/** All records of a decoded request. */
export function recordsOf(signal: Signal, request: Canonical): Canonical[] {
  const [resources, scopes, records] = NAMES[signal]
  return (request[resources] as Canonical[])
    .flatMap((resource) => resource[scopes] as Canonical[])
    .flatMap((scope) => scope[records] as Canonical[])
}
