import { diag } from '@opentelemetry/api'
import { isFunction, type AnyFunction } from './unknown.ts'

/** Makes a function that records around `original` and calls it. */
export type Wrapper = (original: AnyFunction, name: string) => unknown

/** What to do with the arguments of a call before the instrumentation sees them. */
export interface GuardOptions {
  /** Arguments to go on with, or `undefined` to leave this call uninstrumented. */
  prepare?(args: unknown[]): unknown[] | undefined
  /** Makes the call, in another context for instance. */
  around?(args: unknown[], call: () => unknown): unknown
  /** Changes what the original is called with: `args` is what the instrumentation saw, `made` what it made of that. */
  enter?(args: unknown[], made: unknown[]): unknown[]
}

interface Call {
  readonly args: unknown[]
  outcome?: { readonly value: unknown } | { readonly error: unknown }
}

/**
 * Makes a wrapper whose function returns and throws what the original does, whatever becomes of the recording.
 *
 * Should the instrumentation throw, the call still has the original's outcome; if the original had not been reached
 * yet, it is called then, with the arguments as they came. What an instrumentation does later, in callbacks and
 * promises, is outside of this.
 */
export function guardWrapper(wrapper: Wrapper, options: GuardOptions = {}): Wrapper {
  return (original, name) => {
    let current: Call | undefined
    const observed = new Proxy(original, {
      apply(target, receiver, args: unknown[]) {
        const call = current
        if (call === undefined || call.outcome !== undefined) return Reflect.apply(target, receiver, args)
        current = undefined // what it calls in turn is no part of this call
        try {
          const entered = options.enter === undefined ? args : options.enter(call.args, args)
          const value = Reflect.apply(target, receiver, entered)
          call.outcome = { value }
          return value
        } catch (error) {
          call.outcome = { error }
          throw error
        }
      },
    })
    const wrapped = wrapper(observed, name)
    if (wrapped === observed || !isFunction(wrapped)) return original
    return new Proxy(wrapped, {
      apply(target, receiver, args: unknown[]) {
        const prepared = options.prepare === undefined ? args : options.prepare(args)
        if (prepared === undefined) return Reflect.apply(original, receiver, args)
        const outer = current
        const call: Call = { args: prepared }
        current = call
        try {
          const run = (): unknown => Reflect.apply(target, receiver, prepared)
          return options.around === undefined ? run() : options.around(prepared, run)
        } catch (error) {
          return settle(call, error, () => Reflect.apply(original, receiver, args))
        } finally {
          current = outer
        }
      },
    })
  }
}

function settle(call: Call, error: unknown, callOriginal: () => unknown): unknown {
  const { outcome } = call
  if (outcome !== undefined && 'error' in outcome) throw outcome.error
  diag.debug('an instrumentation failed', error)
  return outcome === undefined ? callOriginal() : outcome.value
}
