import type { EncodedHeader } from './encoder.ts'
import { findRecordEnd } from './frames.ts'
import { putVarintAt, varintBytes } from './wire-writer.ts'

/** Records of one scope, in the order in which they are sent. */
export interface ScopeRecords {
  /** From `Encoder.encodeScope`. */
  readonly scope: EncodedHeader
  /** Whole records of one signal, any number to a part. */
  readonly parts: readonly Uint8Array[]
}

/** Bytes of a request, and how many records they carry. */
export interface SizedRequest {
  readonly bytes: Uint8Array
  readonly records: number
}

/** Requests, and the bytes of records that were left out because they were not whole. */
export interface SplitRequests {
  readonly requests: readonly SizedRequest[]
  /** Bytes after the last whole record of a part; nothing unless a part was damaged. */
  readonly malformedBytes: number
}

const TAG_RESOURCE_RECORDS = 0x0a
const TAG_SCOPE_RECORDS = 0x12
const MAX_HEADER_BYTES = 6

/**
 * Puts records into one export request. The three signals number their fields alike, so this is an
 * ExportTraceServiceRequest, ExportLogsServiceRequest or ExportMetricsServiceRequest by what the records are.
 *
 * The records are copied, not looked at.
 */
export function assembleRequest(resource: EncodedHeader, scopes: readonly ScopeRecords[]): Uint8Array {
  const parts = layOutRequest(resource, scopes)
  const request = Buffer.allocUnsafeSlow(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    request.set(part, at)
    at += part.length
  }
  return request
}

/**
 * Lays out an export request: one after the other, the parts are what `assembleRequest` returns.
 *
 * The records are not copied, so they must stay as they are until the request is written.
 */
export function layOutRequest(resource: EncodedHeader, scopes: readonly ScopeRecords[]): Uint8Array[] {
  const sizes = scopes.map(({ scope, parts }) => parts.reduce((size, part) => size + part.length, scope.length))
  const inner = sizes.reduce((total, size) => total + fieldBytes(size), resource.length)
  return [
    beginField(TAG_RESOURCE_RECORDS, inner, resource),
    ...scopes.flatMap(({ scope, parts }, i) => [beginField(TAG_SCOPE_RECORDS, sizes[i] as number, scope), ...parts]),
  ]
}

/**
 * Puts records into export requests of at most `maxBytes`, in their order.
 *
 * A record that exceeds the bound by itself gets a request of its own. Bytes that are not a whole record are left out.
 */
export function splitRequests(
  resource: EncodedHeader,
  scopes: readonly ScopeRecords[],
  maxBytes: number,
): SplitRequests {
  const requests: SizedRequest[] = []
  let batch: OpenScope[] = []
  let size = resource.length + MAX_HEADER_BYTES
  let records = 0
  let malformedBytes = 0
  const flush = (): void => {
    if (records > 0) requests.push({ bytes: assembleRequest(resource, batch), records })
    batch = []
    size = resource.length + MAX_HEADER_BYTES
    records = 0
  }
  for (const { scope, parts } of scopes) {
    for (const part of parts) {
      let runStart = 0
      let at = 0
      for (let end = findRecordEnd(part, 0); end !== -1; at = end, end = findRecordEnd(part, at)) {
        if (size + sizeOfScope(batch, scope) + end - at > maxBytes) {
          addRun(batch, scope, part.subarray(runStart, at))
          runStart = at
          flush()
        }
        size += sizeOfScope(batch, scope) + end - at
        if (batch.at(-1)?.scope !== scope) batch.push({ scope, parts: [] })
        records++
      }
      addRun(batch, scope, part.subarray(runStart, at))
      malformedBytes += part.length - at
    }
  }
  flush()
  return { requests, malformedBytes }
}

interface OpenScope {
  readonly scope: EncodedHeader
  readonly parts: Uint8Array[]
}

/** What it costs a batch to go on with this scope. */
function sizeOfScope(batch: readonly OpenScope[], scope: EncodedHeader): number {
  return batch.at(-1)?.scope === scope ? 0 : scope.length + MAX_HEADER_BYTES
}

function addRun(batch: readonly OpenScope[], scope: EncodedHeader, run: Uint8Array): void {
  const last = batch.at(-1)
  if (run.length > 0 && last?.scope === scope) last.parts.push(run)
}

/** The tag and size of a field, and its first bytes. */
function beginField(tag: number, size: number, first: Uint8Array): Uint8Array {
  const begun = Buffer.allocUnsafeSlow(1 + varintBytes(size) + first.length)
  begun[0] = tag
  begun.set(first, putVarintAt(begun, 1, size))
  return begun
}

function fieldBytes(size: number): number {
  return 1 + varintBytes(size) + size
}
