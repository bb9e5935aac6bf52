import { setTimeout as sleep } from 'node:timers/promises'
import { decompress, TooLargeError, UnknownCodingError, type EncodedBody } from './body.ts'
import type { Fault } from './faults.ts'
import type { Inbox } from './inbox.ts'
import { MalformedError } from './otlp-decode.ts'
import type { ExportCall } from './otlp-schema.ts'

/** What becomes of a request, whichever transport brought it. */
export interface Verdict {
  /** HTTP status that says it. */
  readonly status: number
  /** For the sender's log; empty on success. */
  readonly message: string
  /** Items accepted; they are kept when {@link Verdict.keep} is called. */
  readonly items: number
  readonly malformed?: string
  readonly keep: () => void
}

/** What {@link judge} looks at. */
export interface Submission {
  readonly call: ExportCall | undefined
  /** Undefined if the content type is none of OTLP's. */
  readonly format: 'protobuf' | 'json' | undefined
  /** Most bytes of the decompressed body. */
  readonly maxBytes: number
  /** May throw what {@link judge} turns into a refusal: too large, malformed. */
  readonly readBody: () => EncodedBody
}

/** Decides over a request whose body has been read, and waits if the fault says so. A malformed body outranks a fault. */
export async function judge(inbox: Inbox, submission: Submission, fault: Fault): Promise<Verdict> {
  const { call, format, maxBytes, readBody } = submission
  if (fault.delayMillis !== undefined) await sleep(fault.delayMillis)
  if (call === undefined) return refuse(404, 'no such path')
  if (format === undefined) return refuse(415, 'the content type is none of OTLP')
  try {
    const body = await decompress(readBody(), maxBytes)
    const { items, keep } = inbox.read(call.signal, body, format === 'json')
    const { status = 200 } = fault
    if (status < 200 || status > 299) return refuse(status, 'refused on request of the test')
    return { status, message: '', items, keep }
  } catch (error) {
    if (error instanceof TooLargeError) return refuse(413, error.message)
    if (error instanceof UnknownCodingError) return refuse(415, error.message)
    if (error instanceof MalformedError) return { ...refuse(400, error.message), malformed: error.message }
    throw error
  }
}

function refuse(status: number, message: string): Verdict {
  return { status, message, items: 0, keep: () => undefined }
}

/** The export response: empty, or with what the fault says was refused; 64-bit integers as OTLP/JSON writes them. */
export function partialSuccess(call: ExportCall, fault: Fault): object {
  if (fault.partialSuccess === undefined) return {}
  const { rejected, message = '' } = fault.partialSuccess
  return { partialSuccess: { [call.rejectedField]: String(rejected), errorMessage: message } }
}
