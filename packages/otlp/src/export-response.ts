import { decodeMessage, type DecodeLimits, type DecodeResult } from './decode-message.ts'
import { RESPONSE } from './otlp-schema.ts'

/** What a receiver says to an export request that it took. */
export interface ExportResponse {
  /** How many records it refused; they must not be sent again. 0 if it took all. */
  readonly rejected: number
  /** Why, or a warning while nothing was refused; empty if it says nothing. */
  readonly message: string
}

const DEFAULT_MAX_JSON_BYTES = 1024 * 1024
const REJECTED_NAMES = ['rejectedSpans', 'rejectedLogRecords', 'rejectedDataPoints'] as const
const ALL_TAKEN: ExportResponse = { rejected: 0, message: '' }

/** Decodes the protobuf response of any of the three signals; never throws. */
export function decodeResponse(bytes: Uint8Array, limits?: DecodeLimits): DecodeResult<ExportResponse> {
  const decoded = decodeMessage<{ partialSuccess?: { rejected: bigint; errorMessage: string } }>(
    RESPONSE,
    bytes,
    limits,
  )
  if (!decoded.ok) return decoded
  const { partialSuccess } = decoded.value
  if (partialSuccess === undefined) return { ok: true, value: ALL_TAKEN }
  return { ok: true, value: { rejected: toCount(partialSuccess.rejected), message: partialSuccess.errorMessage } }
}

/** Reads the OTLP/JSON response of any of the three signals; never throws. An empty text is a response without content. */
export function readJsonResponse(text: string, limits: DecodeLimits = {}): DecodeResult<ExportResponse> {
  if (text.length > (limits.maxBytes ?? DEFAULT_MAX_JSON_BYTES)) return { ok: false, code: 'too_large' }
  if (text.trim() === '') return { ok: true, value: ALL_TAKEN }
  let response: unknown
  try {
    response = JSON.parse(text)
  } catch {
    return { ok: false, code: 'malformed' }
  }
  if (!isObject(response)) return { ok: false, code: 'malformed' }
  const partial = response['partialSuccess']
  if (partial === undefined || partial === null) return { ok: true, value: ALL_TAKEN }
  if (!isObject(partial)) return { ok: false, code: 'malformed' }
  const rejected =
    REJECTED_NAMES.map((name) => partial[name]).find((value) => value !== undefined && value !== null) ?? 0
  const message = partial['errorMessage'] ?? ''
  if (!isInteger(rejected) || typeof message !== 'string') return { ok: false, code: 'malformed' }
  return { ok: true, value: { rejected: toCount(BigInt(rejected)), message } }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a value is a 64-bit integer as OTLP/JSON writes it: a string of digits, or a number. */
function isInteger(value: unknown): value is string | number {
  return typeof value === 'number'
    ? Number.isSafeInteger(value)
    : typeof value === 'string' && /^-?\d{1,19}$/.test(value)
}

function toCount(value: bigint): number {
  return value > 0n ? Number(value) : 0
}
