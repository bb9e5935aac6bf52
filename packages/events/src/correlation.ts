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

// One unit of work asks again and again.
let known: unknown

/** Correlation id of the current unit of work, or of that of a context; `undefined` outside of one. */
export function getCorrelationId(of?: Context): string | undefined {
  const id = fieldsOf(currentScope(of))?.[ATTR_CORRELATION_ID]
  if (id !== known && !isCorrelationId(id)) return undefined
  known = id
  return id as string | undefined
}

/**
 * Runs `fn` with `id` as `correlation.id` on every record below; an id that breaks the rule is replaced by a new one.
 *
 * @example withCorrelation(job.correlationId, () => settle(job))
 */
export function withCorrelation<T>(id: string | undefined, fn: () => T): T {
  return withContext({ [ATTR_CORRELATION_ID]: isCorrelationId(id) ? id : createCorrelationId() }, fn)
}
