import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib'
import type { Fault } from './faults.ts'
import { MalformedError } from './otlp-decode.ts'

/** A body and the content coding that it was sent with. */
export interface EncodedBody {
  readonly bytes: Buffer
  readonly coding: string
}

/** A body larger than the receiver takes; answered 413. */
export class TooLargeError extends Error {}

/** A content coding that the receiver does not read; answered 415. */
export class UnknownCodingError extends Error {}

const DECODERS = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
} as const

/**
 * Undoes a content coding.
 *
 * @throws {TooLargeError} if more than `maxBytes` come out.
 * @throws {MalformedError} if the bytes are not of that coding.
 * @throws {UnknownCodingError} if there is no such coding here.
 */
export async function decompress({ bytes, coding }: EncodedBody, maxBytes: number): Promise<Buffer> {
  if (coding === '' || coding === 'identity') return bytes
  if (!isCoding(coding)) throw new UnknownCodingError(`unknown coding ${coding}`)
  try {
    return await DECODERS[coding](bytes, { maxOutputLength: maxBytes })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new TooLargeError(`more than ${maxBytes} bytes`, { cause: error })
    }
    throw new MalformedError(`body is not ${coding}`, { cause: error })
  }
}

function isCoding(coding: string): coding is keyof typeof DECODERS {
  return Object.hasOwn(DECODERS, coding)
}

/** Collects the chunks of a body up to a bound. */
export class BodyCollector {
  bytes = 0
  readonly #chunks: Buffer[] = []
  readonly #maxBytes: number

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get isTooLarge(): boolean {
    return this.bytes > this.#maxBytes
  }

  /** Reads to the end, to where the fault cuts, or until the sender goes away; never rejects. */
  async fill(stream: Readable, reset: Fault['reset']): Promise<'whole' | 'cut' | 'gone'> {
    if (reset === 'before-body') return 'cut'
    try {
      const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
      for await (const chunk of chunks) {
        this.bytes += chunk.length
        if (this.isTooLarge) this.#chunks.length = 0
        else this.#chunks.push(chunk)
        if (reset === 'mid-body') return 'cut'
      }
      return 'whole'
    } catch {
      return 'gone'
    }
  }

  /** @throws {TooLargeError} if there was more than the bound. */
  take(): Buffer {
    if (this.isTooLarge) throw new TooLargeError(`more than ${this.#maxBytes} bytes`)
    return Buffer.concat(this.#chunks)
  }
}
