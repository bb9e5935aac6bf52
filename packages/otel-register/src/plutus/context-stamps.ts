import type { Context } from '@opentelemetry/api'
import { ATTR_CORRELATION_ID } from '@plutus/conventions'
import { getContext } from '@plutus/events'

/** What a span gets from its context: the correlation id of the unit of work. */
export function stampSpan(context: Context): Readonly<Record<string, unknown>> | undefined {
  const id = getContext(context)[ATTR_CORRELATION_ID]
  return typeof id === 'string' ? { [ATTR_CORRELATION_ID]: id } : undefined
}

/** What a log record gets from its context: the fields of the unit of work. */
export function stampLog(context: Context): Readonly<Record<string, unknown>> | undefined {
  return getContext(context)
}
