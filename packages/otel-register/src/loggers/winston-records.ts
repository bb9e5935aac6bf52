import { context, isSpanContextValid, SeverityNumber, trace, type LogRecord } from '@opentelemetry/api'

/** An entry of winston 3 on its way to the transports. */
export type Entry = Record<PropertyKey, unknown>

// Winston's own mark: the level under which an entry was written, whatever a format has made of `level`.
const LEVEL = Symbol.for('level')
const TRACE_FIELDS: ReadonlySet<string> = new Set(['trace_id', 'span_id', 'trace_flags'])

// The levels of npm, of command lines and of syslog, which winston brings along, and two usual ones.
const SEVERITIES: Readonly<Record<string, SeverityNumber>> = {
  silly: SeverityNumber.TRACE,
  input: SeverityNumber.TRACE,
  trace: SeverityNumber.TRACE,
  prompt: SeverityNumber.DEBUG,
  debug: SeverityNumber.DEBUG,
  verbose: SeverityNumber.DEBUG2,
  http: SeverityNumber.DEBUG3,
  info: SeverityNumber.INFO,
  data: SeverityNumber.INFO,
  help: SeverityNumber.INFO,
  notice: SeverityNumber.INFO2,
  warn: SeverityNumber.WARN,
  warning: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  crit: SeverityNumber.FATAL,
  fatal: SeverityNumber.FATAL,
  alert: SeverityNumber.FATAL2,
  emerg: SeverityNumber.FATAL3,
}

/**
 * Returns the entry with the ids of the active span, under the names that upstream's logger instrumentations use.
 *
 * A plain object is copied: it may be the application's, which would carry the ids into its next use. What is no plain
 * object, an error for instance, gets them added, as winston adds its level.
 */
export function addTraceFields(entry: Entry): Entry {
  const spanContext = trace.getSpan(context.active())?.spanContext()
  if (spanContext === undefined || !isSpanContextValid(spanContext)) return entry
  const fields = {
    trace_id: spanContext.traceId,
    span_id: spanContext.spanId,
    trace_flags: spanContext.traceFlags.toString(16).padStart(2, '0'),
  }
  if (Object.getPrototypeOf(entry) === Object.prototype) return { ...entry, ...fields }
  return Object.isExtensible(entry) ? Object.assign(entry, fields) : entry
}

/** The level under which an entry was written. */
export function levelOf(entry: Entry): string {
  return String(entry[LEVEL] ?? entry['level'])
}

/** Makes a log record of an entry as the application's formats have left it. */
export function toLogRecord(entry: Entry): LogRecord {
  const level = levelOf(entry)
  const attributes: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(entry)) {
    if (key !== 'level' && key !== 'message' && key !== 'stack' && !TRACE_FIELDS.has(key)) attributes[key] = value
  }
  if (typeof entry['stack'] === 'string') {
    attributes['exception.message'] = String(entry['message'])
    attributes['exception.stacktrace'] = entry['stack']
  }
  const severityNumber = Object.hasOwn(SEVERITIES, level) ? SEVERITIES[level] : undefined
  return {
    severityText: level,
    body: entry['message'],
    attributes,
    context: contextOf(entry),
    ...(severityNumber !== undefined && { severityNumber }),
  }
}

/** The context in which the entry was written, which its fields still tell when a full stream passes it on later. */
function contextOf(entry: Entry): ReturnType<typeof context.active> {
  const { trace_id: traceId, span_id: spanId, trace_flags: flags } = entry
  const active = context.active()
  if (typeof traceId !== 'string' || typeof spanId !== 'string') return active
  if (trace.getSpanContext(active)?.spanId === spanId) return active
  return trace.setSpanContext(active, { traceId, spanId, traceFlags: Number.parseInt(String(flags), 16) || 0 })
}
