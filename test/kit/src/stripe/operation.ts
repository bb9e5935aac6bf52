import type { Account, Origin } from './account.ts'
import type { FormObject } from './form.ts'

/** One call of the API, ready for its operation. */
export interface Call {
  readonly account: Account
  readonly origin: Origin
  readonly params: FormObject
  /** The variable parts of the path, by their name in the template. */
  readonly path: Readonly<Record<string, string>>
  /** Where the stand-in listens, for links inside objects. */
  readonly baseUrl: string
}

/** One row of the API's table. */
export interface Operation {
  readonly method: 'DELETE' | 'GET' | 'POST'
  /** The path with its variable parts in braces, as Stripe's documentation writes it. */
  readonly path: string
  /** Top-level parameters that the operation knows; others are refused. */
  readonly accepts: readonly string[]
  /** Gives the object to answer with, or throws a `StripeFault`. */
  readonly run: (call: Call) => object
}

/** Finds the variable part `name` of the call's path. */
export function pathPart(call: Call, name: string): string {
  const value = call.path[name]
  if (value === undefined) throw new Error(`The path of this operation has no {${name}}`)
  return value
}
