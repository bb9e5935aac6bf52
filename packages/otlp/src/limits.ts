import { PlutusOptionError } from '@plutus/conventions'

/** Bounds on what one record carries. What exceeds one is cut or dropped, and counted. */
export interface EncoderLimits {
  /** Attributes of a span. @defaultValue 128 */
  readonly spanAttributes?: number
  /** Events of a span; the oldest are dropped. @defaultValue 128 */
  readonly spanEvents?: number
  /** Links of a span; the oldest are dropped. @defaultValue 128 */
  readonly spanLinks?: number
  /** Attributes of a span event. @defaultValue 128 */
  readonly eventAttributes?: number
  /** Attributes of a link. @defaultValue 128 */
  readonly linkAttributes?: number
  /** Attributes of a log record. @defaultValue 128 */
  readonly logAttributes?: number
  /** Characters of a text, or bytes of a byte array, in attributes of spans, events and links; `Infinity` is none. @defaultValue Infinity */
  readonly spanValueLength?: number
  /** The same for attributes of log records. @defaultValue Infinity */
  readonly logValueLength?: number
  /**
   * Maps and arrays inside one another in a value, 1 to 31: with 32, a record would nest more than 100 messages,
   * and many protobuf decoders refuse that together with the whole request. @defaultValue 31
   */
  readonly depth?: number
  /** Elements of one array or map inside a value, at least 1. @defaultValue 4096 */
  readonly elements?: number
  /** Bytes of one record, at least 1024; a record may exceed it by its last value's first 4 KiB. @defaultValue 1048576 */
  readonly recordBytes?: number
}

/** All limits, resolved. */
export type ResolvedLimits = Required<EncoderLimits>

/** Stands for no limit: more than any count or length can be, and still a small integer to the engine. */
export const NO_LIMIT = 0x3fff_ffff

const MAX_DEPTH = 31
const DEFAULTS: ResolvedLimits = {
  spanAttributes: 128,
  spanEvents: 128,
  spanLinks: 128,
  eventAttributes: 128,
  linkAttributes: 128,
  logAttributes: 128,
  spanValueLength: NO_LIMIT,
  logValueLength: NO_LIMIT,
  depth: MAX_DEPTH,
  elements: 4096,
  recordBytes: 1024 * 1024,
}
const SMALLEST: Partial<Record<string, number>> = {
  spanValueLength: 1,
  logValueLength: 1,
  depth: 1,
  elements: 1,
  recordBytes: 1024,
}

/**
 * Fills in the default limits.
 *
 * @throws {PlutusOptionError} for an unknown name, or a value that is neither an integer in range nor, for a count or a length, `Infinity`.
 */
export function resolveLimits(limits: EncoderLimits = {}): ResolvedLimits {
  const resolved: Record<string, number> = { ...DEFAULTS }
  for (const [name, value] of Object.entries(limits)) {
    if (value === undefined) continue
    const smallest = SMALLEST[name] ?? 0
    const largest = name === 'depth' ? MAX_DEPTH : name === 'recordBytes' ? 2 ** 30 : Infinity
    if (!(name in DEFAULTS)) throw new PlutusOptionError(`limits.${name}`, `one of ${Object.keys(DEFAULTS).join(', ')}`)
    if (!(Number.isInteger(value) || value === Infinity) || value < smallest || value > largest) {
      throw new PlutusOptionError(`limits.${name}`, `an integer from ${smallest} to ${largest}`)
    }
    resolved[name] = Math.min(value, NO_LIMIT)
  }
  return Object.freeze(resolved) as unknown as ResolvedLimits
}
