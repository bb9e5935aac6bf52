import { AsyncLocalStorage } from 'node:async_hooks'
import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api'
import type { Context } from '@opentelemetry/api'

/** Fields that stand on every record below a point of the program. */
export type Fields = Record<string, unknown>

/**
 * One layer of fields: a request, a job, or a call of `withContext` inside of them.
 *
 * A scope is read through its parents, nearest first, so that what a request learns late (who the user is)
 * also reaches the layers that were opened before.
 */
export interface Scope {
  /** Fields of this layer; `setUser` writes to those of the outermost. */
  readonly fields: Fields
  /** Layer around this one; `undefined` for a request, a job, or the first `withContext`. */
  readonly parent: Scope | undefined
  /**
   * Whether it holds outside of every unit of work, for the rest of an asynchronous execution. Requests that begin there
   * share it: it is replaced and never written to, and no layer has it as its parent.
   */
  readonly isAmbient?: boolean
}

const SCOPE = createContextKey('plutus.events.scope')

// Two copies of this room in one process share the storage.
const STORAGE = Symbol.for('plutus.events.storage')
const shared = globalThis as { [STORAGE]?: AsyncLocalStorage<Scope> }
const storage = (shared[STORAGE] ??= new AsyncLocalStorage<Scope>())

const PROBE = ROOT_CONTEXT.setValue(createContextKey('plutus.events.probe'), true)

/** Scope that is active, or that of a given context. */
export function currentScope(of: Context = context.active()): Scope | undefined {
  return (of.getValue(SCOPE) as Scope | undefined) ?? storage.getStore()
}

/** A context in which `scope` is the active one; for instrumentations that enter contexts themselves. */
export function contextWithScope(parent: Context, scope: Scope): Context {
  return parent.setValue(SCOPE, scope)
}

/** Runs `fn` with `scope` active, across everything asynchronous that it starts, and returns what `fn` returns. */
export function runInScope<T>(scope: Scope, fn: () => T): T {
  if (isContextManaged()) return context.with(contextWithScope(context.active(), scope), fn)
  return storage.run(scope, fn)
}

/** Makes `scope` the active one for the rest of the current asynchronous execution. */
export function enterScope(scope: Scope): void {
  storage.enterWith(scope)
}

/** Outermost scope around `scope`: the unit of work, such as a request. */
export function rootOf(scope: Scope): Scope {
  let root = scope
  while (root.parent !== undefined) root = root.parent
  return root
}

/**
 * A scope inside of another. There are never more than two layers: the unit of work, and all that was added within it;
 * a loop that opens scope in scope for ever does not make a chain.
 */
export function innerScope(fields: Fields, outer: Scope | undefined): Scope {
  if (outer?.isAmbient === true) return { fields: { ...outer.fields, ...fields }, parent: undefined }
  if (outer?.parent === undefined) return { fields, parent: outer }
  return { fields: { ...outer.fields, ...fields }, parent: rootOf(outer) }
}

/** Fields of a scope and its parents, the nearer layer winning; not to be changed. */
export function fieldsOf(scope: Scope | undefined): Readonly<Fields> | undefined {
  if (scope?.parent === undefined) return scope?.fields
  return { ...fieldsOf(scope.parent), ...scope.fields }
}

/** Whether an SDK has registered a context manager: without one the API's `context.with` carries nothing. */
function isContextManaged(): boolean {
  return context.active() !== ROOT_CONTEXT || context.with(PROBE, () => context.active() === PROBE)
}
