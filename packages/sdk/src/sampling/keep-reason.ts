import { ATTR_PLUTUS_DATA_CLASS, ATTR_PLUTUS_KEEP } from '@plutus/conventions'
import type { LogRecord, SpanRecord } from '@plutus/otlp'
import type { ClassRules } from '../class-rules.ts'
import { toMillis } from '../clock.ts'

/**
 * Why a trace is kept whatever the rate: a span failed, an exception was recorded, a record has severity WARN or above, a
 * record is of a class that is always kept, a request was slow, the application asked for it (`plutus.keep` on a span or a record).
 */
export type KeepReason = 'error' | 'exception' | 'severity' | 'class' | 'slow' | 'asked'

/** From when on a request is slow. */
export interface SlowRequests {
  /** In milliseconds. */
  readonly millis: number
  /** The same by route. */
  readonly routes: Readonly<Record<string, number>>
}

// Twice in the life of a process, and nobody could tell from one of them that is missing what became of it.
const OF_PROCESS: ReadonlySet<unknown> = new Set(['process.started', 'process.stopped'])
// As the API and OTLP number them.
const STATUS_ERROR = 2
const KIND_SERVER = 1
const SEVERITY_WARN = 13
// What libraries call their levels when they give no number.
const GRAVE = /^(?:warn|err|crit|fatal|alert|emerg|panic)/i // one alternative at the start of a text: constant time

/** Tells why a span that has ended keeps its trace; `undefined` if it does not. */
export function keepReasonOfSpan(span: SpanRecord, slow: SlowRequests, { kept }: ClassRules): KeepReason | undefined {
  if (span.statusCode === STATUS_ERROR) return 'error'
  if (span.events?.some(({ name }) => name === 'exception') === true) return 'exception'
  const pairs = span.attributePairs ?? []
  let place: unknown
  for (let i = 0; i < pairs.length; i += 2) {
    const key = pairs[i]
    if (key === ATTR_PLUTUS_KEEP && pairs[i + 1] === true) return 'asked'
    if (key === ATTR_PLUTUS_DATA_CLASS && kept.has(pairs[i + 1])) return 'class'
    if (key === 'http.route' || (key === 'url.path' && place === undefined)) place = pairs[i + 1]
  }
  if (span.kind !== KIND_SERVER) return undefined
  const isOwn = typeof place === 'string' && Object.hasOwn(slow.routes, place)
  const limit = (isOwn ? slow.routes[place as string] : undefined) ?? slow.millis
  return toMillis(span.endTime) - toMillis(span.startTime) >= limit ? 'slow' : undefined
}

/** Tells why a log record is kept, and its trace with it; `undefined` if it need not be. */
export function keepReasonOfRecord(record: LogRecord, { classOf, kept }: ClassRules): KeepReason | undefined {
  const { severityNumber, severityText, attributes } = record
  try {
    if (kept.has(classOf(attributes?.[ATTR_PLUTUS_DATA_CLASS], record.eventName, severityNumber))) return 'class'
    if (severityNumber !== undefined && severityNumber > 0) {
      if (severityNumber >= SEVERITY_WARN) return 'severity'
    } else if (typeof severityText === 'string' && GRAVE.test(severityText)) return 'severity'
    if (attributes?.[ATTR_PLUTUS_KEEP] === true || OF_PROCESS.has(record.eventName)) return 'asked'
    if (attributes?.['exception.type'] !== undefined) return 'exception'
    const first = record.attributePairs?.[0] // `exception.*` of what was thrown comes before all else
    return typeof first === 'string' && first.startsWith('exception.') ? 'exception' : undefined
  } catch {
    return 'exception' // an object of the application that does not want to be read: what is unknown is kept
  }
}
