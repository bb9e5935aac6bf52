import type { Context } from '@opentelemetry/api'
import { ATTR_CORRELATION_ID } from '@plutus/conventions'
import { currentScope, getContext, getCorrelationId } from '@plutus/events'

/** What a span gets from its context: the correlation id of the unit of work. */
export function stampSpan(context: Context): Readonly<Record<string, unknown>> | undefined {
  const id = getCorrelationId(context)
  if (id === undefined) return undefined
  // A computed key in a literal is a call into V8's runtime.
  const stamp: Record<string, unknown> = {}
  stamp[ATTR_CORRELATION_ID] = id
  return stamp
}

/** What a log record gets from its context: the fields of the unit of work. */
export function stampLog(context: Context): Readonly<Record<string, unknown>> | undefined {
  return currentScope(context) === undefined ? undefined : getContext(context)
}
