import type { Socket } from 'node:net'
import { loadBuiltin } from './builtins.ts'

/** The answer to a request over HTTP/1.1. */
export interface LateAnswer {
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Empty where not all of it has come. */
  readonly body: Buffer
}

// An answer to OTLP is short: heads of 16 KiB, as Node takes them, and as much of a body as is read in time.
const MAX_BYTES = (16 + 64) * 1024
const HEAD_END = '\r\n\r\n'

/**
 * Reads from the socket of a request what the event loop does not read any more, since the process ends in this turn of
 * it. Nothing waits in it, and nobody else may read from the socket after it. Of what comes beyond a bound nothing is
 * read.
 */
export class LateAnswerReader {
  readonly #file: number | undefined
  readonly #received: Buffer
  /** Bytes that are read, those before the head of the answer, and those in which that head does not end. */
  #size = 0
  #start = 0
  #searched = 0
  #isOver: boolean

  constructor(socket: Socket) {
    this.#file = findFile(socket)
    this.#isOver = this.#file === undefined
    this.#received = Buffer.allocUnsafe(this.#isOver ? 0 : MAX_BYTES)
  }

  /** What has come by now; `later` while the head of the answer is not whole, `never` if nothing more can be read. */
  read(): LateAnswer | 'later' | 'never' {
    this.#readAll()
    const received = this.#received.subarray(0, this.#size)
    for (;;) {
      const end = received.indexOf(HEAD_END, this.#searched)
      if (end === -1) {
        this.#searched = Math.max(this.#start, this.#size - HEAD_END.length + 1)
        return this.#isOver ? 'never' : 'later'
      }
      const [first = '', ...lines] = received.toString('latin1', this.#start, end).split('\r\n')
      const status = Number(/^HTTP\/1\.[01] (\d{3})\b/.exec(first)?.[1])
      if (status < 100 || Number.isNaN(status)) return 'never'
      if (status >= 200) return toAnswer(status, lines, received.subarray(end + HEAD_END.length))
      // 1xx: the answer itself is to come
      this.#start = end + HEAD_END.length
      this.#searched = this.#start
    }
  }

  #readAll(): void {
    if (this.#file === undefined) return
    const { readSync } = loadBuiltin('node:fs')
    while (!this.#isOver) {
      try {
        const length = readSync(this.#file, this.#received, this.#size, MAX_BYTES - this.#size, null)
        this.#size += length
        this.#isOver = length === 0 || this.#size === MAX_BYTES
      } catch (error) {
        // EAGAIN: nothing is there yet.
        this.#isOver = !(error instanceof Error && 'code' in error && error.code === 'EAGAIN')
        return
      }
    }
  }
}

/** Number of the file that a socket is for the system; none on Windows, or where more than bytes goes through it. */
function findFile(socket: Socket): number | undefined {
  // Internal to Node, but what libraries have read for ten years.
  const { _handle: handle } = socket as unknown as { readonly _handle?: { readonly fd?: number } | null }
  const file = handle?.fd
  if (socket.destroyed || 'encrypted' in socket || file === undefined || file < 0) return undefined
  return file
}

function toAnswer(status: number, lines: readonly string[], rest: Buffer): LateAnswer {
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  const isChunked = headers['transfer-encoding']?.toLowerCase() === 'chunked'
  const length = Number(headers['content-length'] ?? 0)
  const body = isChunked ? joinChunks(rest) : rest.length >= length ? rest.subarray(0, length) : undefined
  return { status, headers, body: body ?? Buffer.alloc(0) }
}

/** Undoes the transfer coding of HTTP/1.1; `undefined` where something is missing. */
function joinChunks(coded: Buffer): Buffer | undefined {
  const chunks: Buffer[] = []
  for (let at = 0; ;) {
    const end = coded.indexOf('\r\n', at)
    const size = end === -1 ? Number.NaN : Number.parseInt(coded.toString('latin1', at, end), 16)
    if (Number.isNaN(size) || end + 2 + size > coded.length) return undefined
    if (size === 0) return Buffer.concat(chunks)
    chunks.push(coded.subarray(end + 2, end + 2 + size))
    at = end + 2 + size + 2
  }
}
