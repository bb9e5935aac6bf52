import { context, propagation, type Context, type TextMapGetter } from '@opentelemetry/api'
import { isFunction, isObject } from './unknown.ts'

const FIRST_LINE = 'NATS/1.0\r\n'
const LINE_END = '\r\n'
// Printable ASCII without the colon; in values no line break, which would start another header.
const HEADER_NAME = /^[!-9;-~]+$/
const LINE_BREAK = /[\r\n]/

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** What a NATS client asks of the headers of a message: the bytes that go over the wire. */
export interface EncodableHeaders {
  encode(): Uint8Array
}

/**
 * Returns headers that hold the caller's and the trace context of `active`, or `undefined` if there is nothing to add.
 *
 * The caller's object stays as it is. Headers that the caller has set win: with a `traceparent` of his own, nothing
 * is added.
 */
export function addTraceContext(headers: unknown, active: Context): EncodableHeaders | undefined {
  const names = headerNames(headers)
  if (names === undefined || names.has('traceparent')) return undefined
  const carrier: Record<string, string> = {}
  propagation.inject(active, carrier)
  let lines = ''
  for (const [name, value] of Object.entries(carrier)) {
    if (names.has(name.toLowerCase()) || !HEADER_NAME.test(name) || LINE_BREAK.test(value)) continue
    lines += `${name}: ${value}${LINE_END}`
  }
  if (lines === '') return undefined
  const own = isObject(headers) && isFunction(headers['encode']) ? (headers as unknown as EncodableHeaders) : undefined
  return { encode: () => encoder.encode(insertLines(own === undefined ? '' : decoder.decode(own.encode()), lines)) }
}

/** Reads the trace context out of the headers of a message that arrived. */
export function readTraceContext(headers: unknown): Context {
  if (headerNames(headers)?.has('traceparent') !== true) return context.active()
  return propagation.extract(context.active(), headers as Iterable<HeaderEntry>, getter)
}

type HeaderEntry = readonly [name: string, values: readonly string[]]

const getter: TextMapGetter<Iterable<HeaderEntry>> = {
  keys: (carrier) => [...carrier].map(([name]) => name.toLowerCase()),
  get(carrier, key) {
    for (const [name, values] of carrier) if (name.toLowerCase() === key) return [...values]
    return undefined
  },
}

/** Names of the headers in lower case; `undefined` for an object that cannot be listed. */
function headerNames(headers: unknown): Set<string> | undefined {
  if (headers === undefined || headers === null) return new Set()
  if (!isObject(headers) || !isFunction(headers[Symbol.iterator])) return undefined
  const names = new Set<string>()
  for (const entry of headers as unknown as Iterable<unknown>) {
    if (!Array.isArray(entry) || typeof entry[0] !== 'string') return undefined
    names.add(entry[0].toLowerCase())
  }
  return names
}

/** Puts lines behind the last header; a text without headers gets the line that opens them. */
function insertLines(text: string, lines: string): string {
  const end = text.lastIndexOf(LINE_END)
  return end === -1 ? `${FIRST_LINE}${lines}${LINE_END}` : `${text.slice(0, end)}${lines}${LINE_END}`
}
