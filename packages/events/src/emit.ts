import { logs } from '@opentelemetry/api'
import type { Logger as OtelLogger, LogRecord, LoggerProvider } from '@opentelemetry/api'
import { ATTR_LOG_RECORD_UID, ATTR_PLUTUS_DATA_CLASS } from '@plutus/conventions'
import type { DataClass } from '@plutus/conventions'
import { writeConsole } from './console-output.ts'
import { cloneFields, dropUndefined, makePlain } from './copy-fields.ts'
import { toException } from './exception.ts'
import { currentScope, fieldsOf } from './scope.ts'
import type { Fields } from './scope.ts'
import { countLoss } from './self-metrics.ts'
import { getSettings } from './settings.ts'
import { SEVERITY_NUMBER, SEVERITY_TEXT } from './severity.ts'
import type { Severity } from './severity.ts'

/** One free record on its way from a logger to the SDK. */
export interface Emission {
  /** Name of the logger, which becomes the instrumentation scope. */
  readonly logger: string
  readonly severity: Severity
  readonly body: string
  /** Fields bound to the logger, already copied. */
  readonly bound?: Readonly<Fields> | undefined
  /** Fields of this record, as the caller gave them. */
  readonly fields?: Readonly<Fields> | undefined
  /** Error that the record tells, described as `exception.*`. */
  readonly error?: Error | undefined
}

/** What an SDK is asked before a record is made for it. */
export interface Question {
  readonly severityNumber: number
  readonly eventName?: string
}

/** Where records of one logger go. */
export interface Sink {
  /** The SDK's logger, if one takes the record. */
  readonly logger: OtelLogger | undefined
  readonly console: 'off' | 'json' | 'pretty'
}

/** What a record is beyond its attributes. */
export interface RecordHead {
  readonly logger: string
  readonly severity: Severity
  /** Name of the event; `undefined` for a free record. */
  readonly eventName?: string | undefined
  readonly body?: string | undefined
  /** When it happened, in milliseconds since the Unix epoch; now by default. */
  readonly timestamp?: number | undefined
}

// Code on the 2.x line of the SDK registers its logger provider under another global than the API's own.
const LEGACY = Symbol.for('io.opentelemetry.js.api.logs')
type LegacyApi = (version: number) => LoggerProvider | undefined

const QUESTIONS: Readonly<Record<Severity, Question>> = {
  debug: { severityNumber: SEVERITY_NUMBER.debug },
  info: { severityNumber: SEVERITY_NUMBER.info },
  warn: { severityNumber: SEVERITY_NUMBER.warn },
  error: { severityNumber: SEVERITY_NUMBER.error },
  fatal: { severityNumber: SEVERITY_NUMBER.fatal },
}
let provider: LoggerProvider | undefined
const loggers = new Map<string, OtelLogger>()
// Names come from the program text; a program that makes them from data must not grow the map without bound.
const MAX_LOGGERS = 1_000

/** Whether a free record of this severity would reach an SDK or the console. */
export function isRecording(logger: string, severity: Severity): boolean {
  return findSink(logger, QUESTIONS[severity]) !== undefined
}

/** Where a record would go; `undefined` if nobody takes it. */
export function findSink(name: string, question: Question): Sink | undefined {
  const logger = findLogger(name, question)
  const output = getSettings().console
  return logger === undefined && output === 'off' ? undefined : { logger, console: output }
}

/** Records one free record. Never throws: what cannot be recorded is counted. */
export function emit({ logger, severity, body, bound, fields, error }: Emission): void {
  try {
    const sink = findSink(logger, QUESTIONS[severity])
    if (sink === undefined) return
    const attributes = finishAttributes(mergeFields(bound, error, fields), 'application')
    send(sink, { logger, severity, body }, attributes)
  } catch {
    countLoss('failed')
  }
}

/** Attributes of a record: context fields, then bound ones, then its error, then its own; the last wins. */
function mergeFields(
  bound: Readonly<Fields> | undefined,
  error: Error | undefined,
  fields: Readonly<Fields> | undefined,
): Fields {
  const context = fieldsOf(currentScope())
  const own = fields === undefined ? undefined : cloneFields(fields)
  if (context === undefined && bound === undefined && error === undefined) return own ?? {}
  const said = own === undefined ? undefined : dropUndefined(own)
  return { ...context, ...bound, ...(error === undefined ? undefined : toException(error)), ...said }
}

/** Makes merged fields plain and stamps them with the class and, if it is durable, the id. Changes what it is given. */
export function finishAttributes(merged: Fields, dataClass: DataClass, uid?: string): Fields {
  // Stamped first: reading all keys afterwards, as is done here, leaves the object in the form that is read fastest.
  const attributes = makePlain(stamp(merged, dataClass, uid))
  // Of too many fields some were cut, and the stamps stood last.
  return attributes === merged ? merged : stamp(attributes, dataClass, uid)
}

function stamp(attributes: Fields, dataClass: DataClass, uid: string | undefined): Fields {
  attributes[ATTR_PLUTUS_DATA_CLASS] = dataClass
  if (uid !== undefined) attributes[ATTR_LOG_RECORD_UID] = uid
  return attributes
}

/** Hands a record with its finished attributes to the SDK and the console. */
export function send(
  sink: Sink,
  { logger, severity, eventName, body, timestamp }: RecordHead,
  attributes: Fields,
): void {
  // Without a time of ours, the SDK takes its own, which fits the times of its spans.
  const record: LogRecord = {
    severityNumber: SEVERITY_NUMBER[severity],
    severityText: SEVERITY_TEXT[severity],
    attributes: attributes,
  }
  if (eventName !== undefined) record.eventName = eventName
  if (body !== undefined) record.body = body
  if (timestamp !== undefined) record.timestamp = timestamp
  sink.logger?.emit(record)
  if (sink.console !== 'off') writeConsole(sink.console, logger, record)
}

/** The SDK's logger if it would take the record: from the API's global, else from that of the 2.x line. */
function findLogger(name: string, question: Question): OtelLogger | undefined {
  const logger = getOtelLogger(name)
  if (logger.enabled(question)) return logger
  const legacy = (globalThis as { [LEGACY]?: LegacyApi })[LEGACY]
  if (legacy === undefined) return undefined
  const other = legacy(1)?.getLogger(name)
  // Loggers of older versions know no `enabled`.
  return other !== undefined && ((other as Partial<OtelLogger>).enabled?.(question) ?? true) ? other : undefined
}

/** The logger of the provider that is registered now: an SDK may come late, and another one after it. */
function getOtelLogger(name: string): OtelLogger {
  const current = logs.getLoggerProvider()
  if (current !== provider) {
    provider = current
    loggers.clear()
  }
  const known = loggers.get(name)
  if (known !== undefined) return known
  const logger = current.getLogger(name)
  if (loggers.size < MAX_LOGGERS) loggers.set(name, logger)
  return logger
}
