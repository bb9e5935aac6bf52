import { context, trace, type Context } from '@opentelemetry/api'
import { isObject, memberOf, type AnyFunction } from './unknown.ts'

/** The pages of one list that an application goes through. */
export interface StripeList {
  /** Pages asked for so far. */
  pages: number
  /** Context of the first page's span. */
  first: Context | undefined
}

// What the library hands on from page to page: up to 21 the arguments of the method, from 22 on its description.
const lists = new WeakMap<object, StripeList>()
let current: StripeList | undefined

/** The list whose page is being asked for at this moment. */
export function currentList(): StripeList | undefined {
  return current
}

/** The context that a page's span is below: what is active, else the span of the first page, so that they are one trace. */
export function parentOfPage(list: StripeList | undefined): Context {
  const active = context.active()
  return list?.first === undefined || trace.getSpan(active) !== undefined ? active : list.first
}

/** Follows `_makeRequest` of a resource, which every page goes through. */
export function followPages(makeRequest: AnyFunction): AnyFunction {
  return function _makeRequest(this: unknown, ...args: unknown[]): unknown {
    const key = keyOf(args)
    if (key === undefined) return makeRequest.apply(this, args)
    const before = current
    current = lists.get(key)
    if (current === undefined) lists.set(key, (current = { pages: 0, first: undefined }))
    try {
      return makeRequest.apply(this, args) // asks before it returns
    } finally {
      current = before
    }
  }
}

function keyOf(args: readonly unknown[]): object | undefined {
  const [first, second, , , fifth] = args
  if (Array.isArray(first)) return memberOf(second, 'methodType') === undefined ? undefined : first
  return isObject(fifth) && memberOf(fifth, 'methodType') !== undefined ? fifth : undefined
}
