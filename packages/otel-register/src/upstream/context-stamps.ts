import type { Context } from '@opentelemetry/api'
import type { LogRecordProcessor, ReadWriteLogRecord } from '@opentelemetry/sdk-logs'
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace'
import { ATTR_CORRELATION_ID, ATTR_PLUTUS_DATA_CLASS } from '@plutus/conventions'
import { getContext } from '@plutus/events'

const nothing = (): Promise<void> => Promise.resolve()

/** Creates the processor that puts the correlation id of the unit of work on every span in it. */
export function createSpanStamps(): SpanProcessor {
  return {
    onStart: (span: Span, parent: Context) => {
      const id = getContext(parent)[ATTR_CORRELATION_ID]
      if (typeof id === 'string') span.setAttribute(ATTR_CORRELATION_ID, id)
    },
    onEnd: () => {},
    forceFlush: nothing,
    shutdown: nothing,
  }
}

/** Creates the processor that puts the fields of the unit of work on records which do not bring them themselves. */
export function createLogStamps(): LogRecordProcessor {
  return {
    onEmit: (record: ReadWriteLogRecord, context?: Context) => {
      // A record with a class comes from the loggers, which have read the context already.
      if (record.attributes[ATTR_PLUTUS_DATA_CLASS] !== undefined) return
      const fields = getContext(context)
      for (const key of Object.keys(fields)) {
        if (record.attributes[key] === undefined) record.setAttribute(key, fields[key])
      }
    },
    forceFlush: nothing,
    shutdown: nothing,
  }
}
