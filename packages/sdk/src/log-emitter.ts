import { trace } from '@opentelemetry/api'
import type { Context, Logger, LogRecord, SpanContext } from '@opentelemetry/api'
import type { LogRecord as EncodableRecord, OnLoss } from '@plutus/otlp'
import { ATTR_PLUTUS_DATA_CLASS } from '@plutus/conventions'
import { asContext } from './as-context.ts'
import type { Clock } from './clock.ts'
import { describeException, RecordingSpan } from './recording-span.ts'
import type { SpanIdentity } from './span-identity.ts'

/** What loggers of one provider share. */
export interface LogHome {
  readonly clock: Clock
  /** Fields that a record gets from its context where it does not bring them itself. */
  readonly stamp: ((context: Context) => Readonly<Record<string, unknown>> | undefined) | undefined
  /** Takes a record of one scope, and the ids of the span that it belongs to, if there is one. Must not throw. */
  readonly onRecord: (record: EncodableRecord, owner: SpanIdentity | SpanContext | undefined) => void
  readonly onLoss: OnLoss
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
    const { clock } = this.#home
    const now = clock.unixTimeNow(clock.ticks())
    const span = trace.getSpan(context)
    const ids = span instanceof RecordingSpan ? span.identity : span?.spanContext()
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
      attributePairs: this.#added(record, context),
    }
    this.#home.onRecord(encodable, isInTrace ? ids : undefined)
  }

  /** What a record gets beyond what it brings: `exception.*`, and the fields of its context. */
  #added({ attributes, exception }: LogRecord, context: Context): unknown[] | undefined {
    // A record with a class comes from the loggers, which have read the context already.
    const isStamped = hasClass(attributes)
    const stamped = isStamped ? undefined : this.#home.stamp?.(context)
    const described = exception === undefined ? undefined : describeException(exception)
    if (stamped === undefined && described === undefined) return undefined
    const pairs: unknown[] = []
    for (const source of [described, stamped]) {
      if (source === undefined) continue
      for (const key of Object.keys(source)) {
        if (attributes === undefined || !Object.hasOwn(attributes, key)) pairs.push(key, source[key])
      }
    }
    return pairs
  }
}

function hasClass(attributes: LogRecord['attributes']): boolean {
  try {
    return attributes?.[ATTR_PLUTUS_DATA_CLASS] !== undefined
  } catch {
    return false // an object of the application that does not want to be read
  }
}

const EMPTY = { traceId: '', spanId: '', traceFlags: 0 }
