import { decodeMessage, defaultOf, type DecodeLimits, type DecodeResult } from './decode-message.ts'
import type { DecodedLogsRequest, DecodedMetricsRequest, DecodedTraceRequest } from './otlp-messages.ts'
import { REQUESTS, type FieldSchema, type MessageSchema } from './otlp-schema.ts'

/** One of the three kinds of telemetry that OTLP carries. */
export type Signal = keyof typeof REQUESTS

/** A decoded request of each signal. */
export interface DecodedRequests {
  readonly traces: DecodedTraceRequest
  readonly logs: DecodedLogsRequest
  readonly metrics: DecodedMetricsRequest
}

type Message = Readonly<Record<string, unknown>>

/**
 * Writes a decoded request as OTLP/JSON: ids in hexadecimal, 64-bit integers as strings, enums as numbers, bytes in
 * base64. Fields with their default value are left out.
 */
export function writeJson<S extends Signal>(signal: S, request: DecodedRequests[S]): string {
  return JSON.stringify(toJson(REQUESTS[signal], request as unknown as Message))
}

/** Turns an export request from protobuf into OTLP/JSON; never throws. */
export function protobufToJson(signal: Signal, bytes: Uint8Array, limits?: DecodeLimits): DecodeResult<string> {
  const decoded = decodeMessage<DecodedRequests[Signal]>(REQUESTS[signal], bytes, limits)
  if (!decoded.ok) return decoded
  return { ok: true, value: writeJson(signal, decoded.value as never) }
}

// What `JSON.stringify` would make of it has no sign. TypeScript does not know the function, which each Node from 22 on has.
const NEGATIVE_ZERO = (JSON as typeof JSON & { rawJSON(text: string): unknown }).rawJSON('-0')

function toJson(schema: MessageSchema, message: Message): Record<string, unknown> {
  const json: Record<string, unknown> = {}
  for (const field of Object.values(schema)) {
    const value = message[field.name]
    if (value === undefined || (field.optional !== true && isDefault(field, value))) continue
    json[field.name] =
      field.repeated === true ? (value as unknown[]).map((item) => valueToJson(field, item)) : valueToJson(field, value)
  }
  return json
}

function valueToJson(field: FieldSchema, value: unknown): unknown {
  if (field.kind === 'message') return toJson((field.message as () => MessageSchema)(), value as Message)
  if (field.kind === 'bytes') return Buffer.from(value as Uint8Array).toString('base64')
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'number') return value
  if (Object.is(value, -0)) return NEGATIVE_ZERO
  // JSON has no numbers for these; protobuf's mapping takes their names.
  return Number.isFinite(value) ? value : String(value)
}

function isDefault(field: FieldSchema, value: unknown): boolean {
  if (field.repeated === true) return (value as unknown[]).length === 0
  if (field.kind === 'message') return false
  if (field.kind === 'bytes') return (value as Uint8Array).length === 0
  return Object.is(value, defaultOf(field.kind))
}
