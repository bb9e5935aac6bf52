import { trace } from '@opentelemetry/api'
import type { LogRecord } from '@opentelemetry/api'
import { redactAttributes, redactValue } from '@plutus/redaction'
import { inspect } from 'node:util'
import { countLoss } from './self-metrics.ts'
import { getSettings } from './settings.ts'

/** Attributes that machines need and people at a terminal do not. */
const HIDDEN = new Set(['plutus.data.class', 'log.record.uid', 'exception.stacktrace'])
/** What a stack says in its first line. */
const SAID_BY_STACK = new Set(['exception.type', 'exception.message'])
const COLOURS: Readonly<Record<string, number>> = { DEBUG: 90, INFO: 36, WARN: 33, ERROR: 31, FATAL: 35 }
/** Where redaction is told that a value stands. */
const CARRIER = 'console'
const MAX_VALUE_LENGTH = 200
// One character, or nothing at all: linear.
const NO_WORD = /[\s"=]|^$/
const QUOTED = /["\\]/g
// Control characters would let a value forge lines or steer the terminal, marks of direction would let it read as another text.
// One class of single characters: linear.
const UNSAFE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]/gu

/** Writes one record to standard output, as one JSON document or as lines for people. Never throws. */
export function writeConsole(form: 'json' | 'pretty', logger: string, record: LogRecord): void {
  try {
    const shown = redactRecord(record)
    const name = getSettings().redactor().text(logger, CARRIER)
    const text = form === 'json' ? formatJson(name, shown) : formatPretty(name, shown, hasColours())
    process.stdout.write(text, ignoreError)
  } catch {
    countLoss('console')
  }
}

/** The record as it may be shown; the one that goes on to telemetry stays as it is. */
function redactRecord(record: LogRecord): LogRecord {
  const redactor = getSettings().redactor()
  const { body, attributes, eventName } = record
  return {
    ...record,
    ...(body !== undefined && { body: redactValue(redactor, body, CARRIER) }),
    ...(attributes && { attributes: redactAttributes(redactor, attributes, CARRIER) }),
    ...(eventName !== undefined && { eventName: redactor.text(eventName, CARRIER) }),
  }
}

const ignore = (): void => undefined

/** A reader who goes away must not end the process: the error of this write gets a listener, those of others do not. */
function ignoreError(error: Error | null | undefined): void {
  if (!error) return
  countLoss('console')
  const { stdout } = process
  stdout.once('error', ignore)
  setImmediate(() => stdout.off('error', ignore)) // emitted by then, if at all
}

/** One line of JSON: time, level, logger, event, message, trace and span id, then the attributes. */
export function formatJson(logger: string, record: LogRecord): string {
  const document = {
    time: timeOf(record).toISOString(),
    level: record.severityText?.toLowerCase(),
    logger,
    event: record.eventName,
    message: record.body,
    ...traceIds(),
    attributes: withTextForBytes(record.attributes),
  }
  return `${escapeUnsafe(JSON.stringify(document))}\n` // JSON escapes the same way, but fewer of them
}

/** Time, level, logger and message on one line, fields and the ids of the trace behind it, a stack beneath. */
export function formatPretty(logger: string, record: LogRecord, colours: boolean): string {
  const paint = (code: number, text: string): string => (colours ? `\u001b[${code}m${text}\u001b[0m` : text)
  const level = record.severityText ?? 'INFO'
  const time = timeOf(record).toISOString().slice(11, 23)
  const said = escapeUnsafe(typeof record.body === 'string' ? record.body : (record.eventName ?? ''))
  const name = escapeUnsafe(record.eventName !== undefined && record.body === undefined ? '' : logger)
  const stack = record.attributes?.['exception.stacktrace']
  const fields = Object.entries(record.attributes ?? {})
    .filter(([key]) => !HIDDEN.has(key) && (stack === undefined || !SAID_BY_STACK.has(key)))
    .map(([key, value]) => paint(90, `${quote(key)}=${formatValue(value)}`))
  const ids = Object.entries(traceIds()).map(([key, value]) => paint(90, `${key}=${value}`))
  const head = [paint(90, time), paint(COLOURS[level] ?? 37, level.padEnd(5)), name, said].filter((part) => part !== '')
  const beneath = typeof stack === 'string' ? stack.split('\n').map((line) => `    ${escapeUnsafe(line)}\n`) : []
  return `${[...head, ...fields, ...ids].join(' ')}\n${beneath.join('')}`
}

/** Writes control characters and marks of direction as `\u001b`, so that a value cannot be anything but text. */
export function escapeUnsafe(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function timeOf({ timestamp }: LogRecord): Date {
  return typeof timestamp === 'number' ? new Date(timestamp) : new Date()
}

function formatValue(value: unknown): string {
  if (typeof value === 'string') return quote(shorten(value))
  return escapeUnsafe(shorten(inspect(value, { depth: 3, breakLength: Infinity, maxArrayLength: 20 })))
}

function shorten(text: string): string {
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text
}

/** A text as one word: in quotes where it could be taken for more than one field. */
function quote(text: string): string {
  return escapeUnsafe(NO_WORD.test(text) ? `"${text.replace(QUOTED, String.raw`\$&`)}"` : text)
}

/** JSON has no bytes: base 64 stands for them, as in OTLP's JSON. */
function withTextForBytes(attributes: LogRecord['attributes']): Record<string, unknown> | undefined {
  let copy: Record<string, unknown> | undefined
  for (const key in attributes) {
    const value = attributes[key]
    if (value instanceof Uint8Array) (copy ??= { ...attributes })[key] = Buffer.from(value).toString('base64')
  }
  return copy ?? attributes
}

function traceIds(): Record<string, string> {
  const span = trace.getActiveSpan()?.spanContext()
  if (span === undefined) return {}
  const ids = { trace_id: span.traceId, span_id: span.spanId }
  if (!getSettings().datadogIds) return ids
  return { ...ids, 'dd.trace_id': toDatadogId(span.traceId), 'dd.span_id': toDatadogId(span.spanId) }
}

/** Datadog joins logs and traces by the lower 64 bits of the ids, in decimals. */
function toDatadogId(hex: string): string {
  return BigInt(`0x${hex.slice(-16)}`).toString()
}

function hasColours(): boolean {
  return process.stdout.isTTY && process.stdout.hasColors()
}
