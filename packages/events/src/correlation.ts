import type { Context } from '@opentelemetry/api'
import { ATTR_CORRELATION_ID } from '@plutus/conventions'
import { withContext } from './context.ts'
import { isCorrelationId } from './correlation-id.ts'
import { loadCrypto } from './load-crypto.ts'
import { currentScope, fieldsOf } from './scope.ts'

/** Makes a new correlation id, a random UUID. */
export function createCorrelationId(): string {
  return loadCrypto().randomUUID()
}

// One unit of work asks again and again, and others are at work at the same time: the ids that were asked for last, in
// places by their last two characters.
const PLACES = 64
const known: unknown[] = Array.from({ length: PLACES })

/** Correlation id of the current unit of work, or of that of a context; `undefined` outside of one. */
export function getCorrelationId(of?: Context): string | undefined {
  const id = fieldsOf(currentScope(of))?.[ATTR_CORRELATION_ID]
  if (typeof id !== 'string') return undefined
  const place = (id.charCodeAt(id.length - 1) * 7 + id.charCodeAt(id.length - 2)) & (PLACES - 1)
  if (known[place] === id) return id
  if (!isCorrelationId(id)) return undefined
  known[place] = id
  return id
}

/**
 * Runs `fn` with `id` as `correlation.id` on every record below; an id that breaks the rule is replaced by a new one.
 *
 * @example withCorrelation(job.correlationId, () => settle(job))
 */
export function withCorrelation<T>(id: string | undefined, fn: () => T): T {
  return withContext({ [ATTR_CORRELATION_ID]: isCorrelationId(id) ? id : createCorrelationId() }, fn)
}
