import type { Context } from '@opentelemetry/api'
import { ATTR_CORRELATION_ID } from '@plutus/conventions'
import { getContext, getCorrelationId } from '@plutus/events'

/** What a span gets from its context: the correlation id of the unit of work. */
export function stampSpan(context: Context): Readonly<Record<string, unknown>> | undefined {
  const id = getCorrelationId(context)
  return id === undefined ? undefined : { [ATTR_CORRELATION_ID]: id }
}

/** What a log record gets from its context: the fields of the unit of work. */
export function stampLog(context: Context): Readonly<Record<string, unknown>> | undefined {
  return getContext(context)
}
