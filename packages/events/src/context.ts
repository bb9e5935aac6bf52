import type { Context } from '@opentelemetry/api'
import { ATTR_CORRELATION_ID } from '@plutus/conventions'
import { copyFields } from './copy-fields.ts'
import { isCorrelationId } from './correlation-id.ts'
import { quietly } from './quietly.ts'
import { currentScope, enterScope, fieldsOf, innerScope, rootOf, runInScope } from './scope.ts'
import type { Fields } from './scope.ts'
import { countLoss } from './self-metrics.ts'

/** Who is acting: fields of OpenTelemetry's `user` namespace, and the session. */
export interface User {
  /** Stable id of the user, `user.id`. */
  readonly id: string
  /** Roles held in this unit of work, `user.roles`. */
  readonly roles?: readonly string[]
  /** Id of the session, `session.id`. */
  readonly sessionId?: string
}

/**
 * Runs `fn` with `fields` on every record below it, across awaits, timers and promises, and returns what `fn` returns.
 *
 * Nested calls add to the fields around them; the nearer value wins. The object is copied: later changes do not count.
 * A `correlation.id` that breaks its rule is left out and counted: it would stand on spans and records as it came.
 *
 * @example withContext({ 'tenant.id': 'acme' }, () => logger.info('Started')) // the record carries tenant.id
 */
export function withContext<T>(fields: Readonly<Fields>, fn: () => T): T {
  const own = copyFields(fields)
  if (own[ATTR_CORRELATION_ID] !== undefined && !isCorrelationId(own[ATTR_CORRELATION_ID])) {
    delete own[ATTR_CORRELATION_ID]
    countLoss('invalid')
  }
  return runInScope(innerScope(own, currentScope()), fn)
}

/**
 * Says who is acting in the current unit of work: `user.id`, `user.roles` and `session.id` stand on every record of
 * the request or job from now on, also on those of code that runs around the caller.
 *
 * Another user brings his own roles and session: those of the one before do not stay. Outside of a unit of work it holds
 * for the rest of the current asynchronous execution.
 *
 * @example setUser({ id: account.id, roles: ['support'] })
 */
export function setUser(user: User): void {
  quietly(() => {
    const fields = copyFields({ 'user.id': user.id, 'user.roles': user.roles, 'session.id': user.sessionId })
    const scope = currentScope()
    if (scope === undefined || scope.isAmbient === true) {
      enterScope({ fields: changeUser({ ...scope?.fields }, fields), parent: undefined, isAmbient: true })
    } else changeUser(rootOf(scope).fields, fields)
  })
}

/** Writes a user over the one before. Changes what it is given. */
function changeUser(known: Fields, user: Readonly<Fields>): Fields {
  const { 'user.id': before } = known
  if (before !== undefined && before !== user['user.id']) {
    delete known['user.roles']
    delete known['session.id']
  }
  return Object.assign(known, user)
}

/** Copy of the fields that stand on a record emitted here, or in a given context of the API. */
export function getContext(of?: Context): Fields {
  let fields: Readonly<Fields> | undefined
  quietly(() => (fields = fieldsOf(currentScope(of))))
  return { ...fields }
}
