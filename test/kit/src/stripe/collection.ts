import { refuse } from './fault.ts'
import type { FormObject } from './form.ts'
import { readInteger, readObject, readWord } from './params.ts'

/** The parameters of every list operation. */
export const LIST_PARAMS = ['limit', 'starting_after', 'ending_before', 'created'] as const

/** One page of a list, as Stripe answers it. */
export interface ListPage<T> {
  readonly object: 'list'
  readonly data: readonly T[]
  readonly has_more: boolean
  readonly url: string
}

interface Stored {
  readonly id: string
  readonly created?: number
}

/** The objects of one kind, in the order of their creation. */
export class Collection<T extends Stored> {
  /** What Stripe calls such an object in its messages, such as `payment_intent`. */
  readonly kind: string
  readonly #url: string
  readonly #byId = new Map<string, T>()

  constructor(kind: string, url: string) {
    this.kind = kind
    this.#url = url
  }

  add<Added extends T>(object: Added): Added {
    this.#byId.set(object.id, object)
    return object
  }

  find(id: string): T | undefined {
    return this.#byId.get(id)
  }

  /** Finds the object that the path names, or refuses with 404. */
  get(id: string, param = 'id'): T {
    return this.#byId.get(id) ?? this.#missing(id, param, 404)
  }

  /** Finds the object that the parameter `param` names, or refuses with 400. */
  refer(id: string, param: string): T {
    return this.#byId.get(id) ?? this.#missing(id, param, 400)
  }

  remove(id: string): void {
    this.#byId.delete(id)
  }

  /** Oldest first. */
  [Symbol.iterator](): MapIterator<T> {
    return this.#byId.values()
  }

  /** Lists newest first, by cursor, with `limit` from 1 to 100 (10 unless told). */
  list(params: FormObject, matches: (object: T) => boolean = () => true): ListPage<T> {
    const limit = readInteger(params, 'limit', 1) ?? 10
    if (limit > 100) {
      throw refuse('This value must be less than or equal to 100.', {
        code: 'parameter_invalid_integer',
        param: 'limit',
      })
    }
    const within = createdFilter(params)
    const all = [...this.#byId.values()].toReversed().filter((object) => within(object) && matches(object))
    const after = readWord(params, 'starting_after')
    const before = readWord(params, 'ending_before')
    if (after !== undefined && before !== undefined) {
      throw refuse('You may only specify one of these parameters: ending_before, starting_after.')
    }
    if (before !== undefined) {
      const end = Math.max(0, this.#indexOf(all, before, 'ending_before'))
      return this.#page(all.slice(Math.max(0, end - limit), end), end > limit)
    }
    const start = after === undefined ? 0 : this.#indexOf(all, after, 'starting_after') + 1
    return this.#page(all.slice(start, start + limit), all.length > start + limit)
  }

  #missing(id: string, param: string, status: number): never {
    throw refuse(`No such ${this.kind}: '${id}'`, { code: 'resource_missing', param }, status)
  }

  #page(data: readonly T[], hasMore: boolean): ListPage<T> {
    return { object: 'list', data, has_more: hasMore, url: this.#url }
  }

  #indexOf(all: readonly T[], id: string, param: string): number {
    this.refer(id, param)
    return all.findIndex((object) => object.id === id)
  }
}

function createdFilter(params: FormObject): (object: Stored) => boolean {
  if (typeof params['created'] === 'string') {
    const at = readInteger(params, 'created')
    return ({ created }) => created === at
  }
  const range = readObject(params, 'created')
  if (range === undefined) return () => true
  const [gt, gte, lt, lte] = ['gt', 'gte', 'lt', 'lte'].map((bound) => readInteger(range, bound))
  return ({ created = 0 }) =>
    created > (gt ?? -1) && created >= (gte ?? 0) && created < (lt ?? Infinity) && created <= (lte ?? Infinity)
}
