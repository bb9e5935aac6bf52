import type { IncomingHttpHeaders } from 'node:http'

// Types of text that people send to services; one alternative per word, so linear.
const TEXTUAL =
  /^(?:text\/|application\/(?:json|x-www-form-urlencoded|xml|graphql)\b|application\/[\w.-]{1,64}\+(?:json|xml)\b)/i

// Where a value of JSON, of a form or of plain text ends.
const ENDS_VALUE = new Set('\t\n\r "\'&,;:=<>()[]{}|')
// What stands between the digits of a card number as people write it.
const JOINS_DIGITS = new Set(' \t\u00a0-.')

/** Keeps the first bytes of a textual body as the application reads it. */
export interface BodyCapture {
  /** Takes one chunk of what the application reads. */
  add(chunk: unknown): void
  /** What was kept, as fields of the request event. */
  fields(): Record<string, unknown>
}

/** Makes the capture for one request; `undefined` if nothing is to be kept, or the body is no text or is compressed. */
export function createBodyCapture(headers: IncomingHttpHeaders, maxBytes: number): BodyCapture | undefined {
  if (maxBytes === 0 || !TEXTUAL.test(headers['content-type'] ?? '') || headers['content-encoding'] !== undefined)
    return undefined
  const kept: Buffer[] = []
  let size = 0
  let seen = 0
  return {
    add: (chunk) => {
      if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return
      const bytes =
        typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      seen += bytes.length
      if (size >= maxBytes) return
      const part = Buffer.from(bytes.subarray(0, maxBytes - size)) // a copy: the pool behind a chunk is used again
      kept.push(part)
      size += part.length
    },
    fields: () =>
      size === 0
        ? {}
        : {
            'http.request.body.text': seen > size ? withoutCutEnd(textOf(kept)) : textOf(kept),
            'http.request.body.truncated': seen > size,
          },
  }
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * Takes away the value in which a text was cut, and digits that could have gone on: what hides secrets and card numbers
 * knows them whole, and would let a half pass.
 */
function withoutCutEnd(text: string): string {
  let end = text.length
  while (end > 0 && !ENDS_VALUE.has(text.charAt(end - 1))) end--
  for (let at = end; at > 0;) {
    const character = text.charAt(--at)
    if (character >= '0' && character <= '9') end = at
    else if (!JOINS_DIGITS.has(character)) break
  }
  return text.slice(0, end)
}
