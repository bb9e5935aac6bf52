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

// How files begin that hold their text packed; the first four bytes at most.
const PACKED = [
  ['gzip', '1f8b'],
  ['zstd', '28b52ffd'],
  ['zip', '504b0304'],
  ['bzip2', '425a68'],
  ['xz', 'fd377a58'],
] as const
const UTF16_MARK = 'fffe'

/**
 * Finds what a policy would mask in the lines of a text that comes in chunks, in UTF-8, or in UTF-16 if it begins with the
 * mark of that. Bytes that are no text are passed over. The whole text is never in memory.
 *
 * @throws {Error} whose `code` is `packed as …` for what is compressed, in which nothing could be found.
 */
export async function* findInLines(
  chunks: AsyncIterable<Uint8Array | string>,
  policy: RedactionOptions,
): AsyncGenerator<LineFinding> {
  const found = new Map<string, number>()
  const redactor = createRedactor({ ...policy, onHit: (rule) => found.set(rule, (found.get(rule) ?? 0) + 1) })
  let decoder: StringDecoder | undefined
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
    const bytes = Buffer.from(chunk as Uint8Array)
    decoder ??= createDecoder(bytes)
    const text = rest + decoder.write(bytes)
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
  rest += decoder?.end() ?? ''
  if (rest !== '') yield* look(rest, true)
}

/** Tells from the first bytes how a text is written. */
function createDecoder(first: Buffer): StringDecoder {
  const start = first.toString('hex', 0, 4)
  const packing = PACKED.find(([, magic]) => start.startsWith(magic))
  if (packing !== undefined) {
    throw Object.assign(new Error('what is packed cannot be searched'), { code: `packed as ${packing[0]}` })
  }
  return new StringDecoder(start.startsWith(UTF16_MARK) ? 'utf16le' : 'utf8')
}
