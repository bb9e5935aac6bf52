/** Where in OTLP a value is about to become bytes. */
export type Carrier =
  | 'span.name'
  | 'span.status'
  | 'span.tracestate'
  | 'span.attribute'
  | 'event.name'
  | 'event.attribute'
  | 'link.tracestate'
  | 'link.attribute'
  | 'log.body'
  | 'log.attribute'
  | 'log.event_name'
  | 'log.severity_text'
  | 'metric.name'
  | 'metric.description'
  | 'metric.unit'
  | 'metric.attribute'
  | 'scope.name'
  | 'scope.version'
  | 'scope.attribute'
  | 'resource.attribute'
  | 'schema_url'

/** What a redactor decided about a key; it may hold more members, since it is handed back with each value. */
export interface KeyVerdict {
  /** The key as it is written. */
  readonly name: string
  /** `keep`: values are written unseen; `check`: each goes through the redactor; `replace`: each is replaced whole. */
  readonly values: 'keep' | 'check' | 'replace'
}

/**
 * Sees everything that becomes bytes and returns what is written instead.
 *
 * A method that throws masks the value it was asked about; the encoder counts it. Values that were not changed under
 * their key may be remembered: the next equal one is written without asking again.
 */
export interface Redactor {
  /** Judges a key of attributes or of a nested map; the verdict is cached, so it must depend on the key alone. */
  key(key: string, carrier: Carrier): KeyVerdict
  /** Returns the text to write. `verdict` is that of the nearest key above, if any. */
  text(text: string, carrier: Carrier, verdict: KeyVerdict | undefined): string
  /** Returns what to write for a number. */
  number(value: number | bigint, carrier: Carrier, verdict: KeyVerdict | undefined): number | bigint | string
  /** Returns what to write for bytes; it must leave `value` as it is. */
  bytes(value: Uint8Array, carrier: Carrier, verdict: KeyVerdict | undefined): Uint8Array | string
  /** Returns what to write for a value of any type whose key's verdict is `replace`. */
  replace(value: unknown, carrier: Carrier, verdict: KeyVerdict): string
  /** Judges a member of an array by the one before it; undefined leaves it to the verdict of the array's key. */
  after?(before: unknown, member: unknown, carrier: Carrier): KeyVerdict | undefined
  /** Judges a value by the name that stands beside it, as in `{ name, value }` and `[name, value]`; undefined as in `after`. */
  beside?(name: string, carrier: Carrier): KeyVerdict | undefined
}
