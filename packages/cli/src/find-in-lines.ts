import { StringDecoder } from 'node:string_decoder'
import { createRedactor } from '@plutus/redaction'
import type { RedactionOptions } from '@plutus/redaction'

/** What a rule found in one line. */
export interface LineFinding {
  /** From 1. */
  readonly line: number
  readonly rule: string
  readonly count: number
}

// A line without end is looked at in parts that overlap by more than any secret is long, but for private keys.
const MAX_PART_CHARS = 512 * 1024
const OVERLAP_CHARS = 4096

/** Finds what a policy would mask in the lines of a text that comes in chunks. The whole text is never in memory. */
export async function* findInLines(
  chunks: AsyncIterable<Uint8Array | string>,
  policy: RedactionOptions,
): AsyncGenerator<LineFinding> {
  const found = new Map<string, number>()
  const redactor = createRedactor({ ...policy, onHit: (rule) => found.set(rule, (found.get(rule) ?? 0) + 1) })
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let line = 1
  function* look(part: string, isEnd: boolean): Generator<LineFinding> {
    redactor.text(part.endsWith('\r') ? part.slice(0, -1) : part, 'file')
    if (!isEnd) return
    for (const [rule, count] of found) yield { line, rule, count }
    found.clear()
    line++
  }
  for await (const chunk of chunks) {
    const text = rest + (typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk)))
    let start = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      yield* look(text.slice(start, end), true)
      start = end + 1
    }
    rest = text.slice(start)
    while (rest.length > MAX_PART_CHARS) {
      yield* look(rest.slice(0, MAX_PART_CHARS), false)
      rest = rest.slice(MAX_PART_CHARS - OVERLAP_CHARS)
    }
  }
  rest += decoder.end()
  if (rest !== '') yield* look(rest, true)
}
