import { context, trace, type Context } from '@opentelemetry/api'
import { BoundedMap } from './bounded-map.ts'
import { isObject, memberOf, textOf, type AnyFunction } from './unknown.ts'

/** The pages of one list that an application goes through. */
export interface StripeList {
  /** Pages asked for so far. */
  pages: number
  /** Context of the first page's span. */
  first: Context | undefined
}

// What the library hands on from page to page: up to 21 the arguments of the method, from 22 on its description.
const lists = new WeakMap<object, StripeList>()
// Of lists of API v2 the library up to 21 hands on nothing but the address of the next page.
const MOST_ADDRESSES = 1_024
const listOfAddress = new BoundedMap<string, StripeList>(MOST_ADDRESSES)
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

/** Remembers by which address a list of API v2 goes on. */
export function rememberNextPage(list: StripeList | undefined, page: unknown): void {
  const address = textOf(page, 'next_page_url')
  if (list !== undefined && address !== undefined) listOfAddress.set(address, list)
}

/** Follows `_makeRequest` of a resource, which every page goes through. */
export function followPages(makeRequest: AnyFunction): AnyFunction {
  return function _makeRequest(this: unknown, ...args: unknown[]): unknown {
    const key = keyOf(args)
    if (key === undefined) return makeRequest.apply(this, args)
    const before = current
    current = lists.get(key) ?? continuedBy(args)
    if (current === undefined) lists.set(key, (current = { pages: 0, first: undefined }))
    try {
      return makeRequest.apply(this, args) // asks before it returns
    } finally {
      current = before
    }
  }
}

/** The list whose next page is asked for by its address; each address leads on once. */
function continuedBy([args, spec]: readonly unknown[]): StripeList | undefined {
  const address = Array.isArray(args) && args.length === 0 ? textOf(spec, 'fullPath') : undefined
  const list = address === undefined ? undefined : listOfAddress.get(address)
  if (address !== undefined) listOfAddress.delete(address)
  return list
}

function keyOf(args: readonly unknown[]): object | undefined {
  const [first, second, , , fifth] = args
  if (Array.isArray(first)) return memberOf(second, 'methodType') === undefined ? undefined : first
  return isObject(fifth) && memberOf(fifth, 'methodType') !== undefined ? fifth : undefined
}
