import type { Account } from './account.ts'
import type { Collection } from './collection.ts'
import { refuse } from './fault.ts'

const MAX_LEVELS = 4

/** Gives a copy of `object` in which the ids at `paths`, such as `latest_charge` or `data.customer`, are objects. */
export function expand(account: Account, object: object, paths: readonly string[]): object {
  const copy: object = structuredClone(object)
  for (const path of paths) {
    const names = path.split('.')
    if (names.length > MAX_LEVELS) throw refuse(`You cannot expand more than ${MAX_LEVELS} levels of a property.`)
    expandAt(account, copy, names, path)
  }
  return copy
}

function expandAt(account: Account, target: object, names: readonly string[], path: string): void {
  const [name = '', ...rest] = names
  if (Array.isArray(target)) {
    for (const item of target) if (isObject(item)) expandAt(account, item, names, path)
    return
  }
  const value: unknown = Reflect.get(target, name)
  if (value === null) return
  const found = typeof value === 'string' ? findById(account, value) : value
  if (!isObject(found)) {
    throw refuse(`This property cannot be expanded (${path}).`, { param: 'expand' })
  }
  const expanded = found === value ? found : structuredClone(found)
  Reflect.set(target, name, expanded)
  if (rest.length > 0) expandAt(account, expanded, rest, path)
}

function findById(account: Account, id: string): object | undefined {
  const collections: Readonly<Record<string, Collection<{ readonly id: string }>>> = {
    ch: account.charges,
    cus: account.customers,
    pi: account.paymentIntents,
    pm: account.paymentMethods,
    re: account.refunds,
    txn: account.balanceTransactions,
  }
  return collections[id.slice(0, id.indexOf('_'))]?.find(id)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
