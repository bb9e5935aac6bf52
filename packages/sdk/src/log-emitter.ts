import { trace } from '@opentelemetry/api'
import type { Context, Logger, LogRecord, SpanContext } from '@opentelemetry/api'
import type { LogRecord as EncodableRecord, OnLoss } from '@plutus/otlp'
import { ATTR_LOG_RECORD_UID, ATTR_PLUTUS_DATA_CLASS } from '@plutus/conventions'
import { asContext } from './as-context.ts'
import type { Clock } from './clock.ts'
import type { ClassRules } from './class-rules.ts'
import { drawRecordUid } from './record-uid.ts'
import { describeException, RecordingSpan } from './recording-span.ts'
import type { SpanIdentity } from './span-identity.ts'

/** What loggers of one provider share. */
export interface LogHome {
  readonly clock: Clock
  readonly rules: ClassRules
  /** Fields that a record gets from its context where it does not bring them itself. */
  readonly stamp: ((context: Context) => Readonly<Record<string, unknown>> | undefined) | undefined
  /**
   * Takes a record of one scope, the ids of the span that it belongs to, if there is one, and whether it is of a class
   * that must not be lost. Must not throw.
   */
  readonly onRecord: (
    record: EncodableRecord,
    owner: SpanIdentity | SpanContext | undefined,
    isDurable: boolean,
  ) => void
  readonly onLoss: OnLoss
  /** Sees a record of a span of this process; absent where nobody wants to. */
  readonly onKnown: ((record: EncodableRecord, owner: SpanIdentity) => void) | undefined
}

/** Emits log records of one instrumentation scope. */
export class LogEmitter implements Logger {
  readonly #home: LogHome

  constructor(home: LogHome) {
    this.#home = home
  }

  enabled(): boolean {
    return true
  }

  emit(record: LogRecord): void {
    try {
      this.#emit(record)
    } catch {
      this.#home.onLoss('record_failed', 'log', 1) // it is no record, or one that does not want to be read
    }
  }

  #emit(record: LogRecord): void {
    const context = asContext(record.context)
    const { clock, rules } = this.#home
    const now = clock.unixTimeNow(clock.ticks())
    const span = trace.getSpan(context)
    const ids = span instanceof RecordingSpan ? span.identity : span?.spanContext()
    const said = readField(record.attributes, ATTR_PLUTUS_DATA_CLASS)
    const dataClass = rules.classOf(said, record.eventName, record.severityNumber)
    const durable = dataClass !== undefined && rules.durable.has(dataClass) ? dataClass : undefined
    const isInTrace =
      ids !== undefined && (span instanceof RecordingSpan || trace.isSpanContextValid(span?.spanContext() ?? EMPTY))
    const encodable: EncodableRecord = {
      time: clock.read(record.timestamp) ?? now,
      observedTime: clock.read(record.observedTimestamp) ?? now,
      severityNumber: record.severityNumber,
      severityText: record.severityText,
      body: record.body,
      eventName: record.eventName,
      traceId: isInTrace ? ids.traceId : undefined,
      spanId: isInTrace ? ids.spanId : undefined,
      traceFlags: isInTrace ? ids.traceFlags : undefined,
      attributes: record.attributes,
      attributePairs: this.#added(record, context, said, durable),
    }
    if (span instanceof RecordingSpan) this.#home.onKnown?.(encodable, span.identity)
    this.#home.onRecord(encodable, isInTrace ? ids : undefined, durable !== undefined)
  }

  /** What a record gets beyond what it brings: `exception.*`, the fields of its context, and what makes it durable. */
  #added(
    { attributes, exception }: LogRecord,
    context: Context,
    said: unknown,
    durable: unknown,
  ): unknown[] | undefined {
    // A record with a class comes from the loggers, which have read the context already.
    const stamped = said === undefined ? this.#home.stamp?.(context) : undefined
    const described = exception === undefined ? undefined : describeException(exception)
    const needsClass = durable !== undefined && said === undefined
    const needsUid = durable !== undefined && readField(attributes, ATTR_LOG_RECORD_UID) === undefined
    if (stamped === undefined && described === undefined && !needsClass && !needsUid) return undefined
    const pairs: unknown[] = []
    for (const source of [described, stamped]) {
      if (source === undefined) continue
      for (const key of Object.keys(source)) {
        if (attributes === undefined || !Object.hasOwn(attributes, key)) pairs.push(key, source[key])
      }
    }
    if (needsClass) pairs.push(ATTR_PLUTUS_DATA_CLASS, durable)
    if (needsUid) pairs.push(ATTR_LOG_RECORD_UID, drawRecordUid())
    return pairs
  }
}

function readField(attributes: LogRecord['attributes'], key: string): unknown {
  try {
    return attributes?.[key]
  } catch {
    return undefined // an object of the application that does not want to be read
  }
}

const EMPTY = { traceId: '', spanId: '', traceFlags: 0 }
