import { detachText } from './detach-text.ts'

/**
 * Finds what belongs to attributes without making anything of them: key by key and value by value, in the order in
 * which they come, along a path that an equal set went before.
 *
 * It is a shortcut only. It forgets everything when it is full, so that a flood of distinct sets costs time, but no memory.
 */
export class PathCache<T> {
  readonly #keep: ReadonlySet<string> | undefined
  readonly #maxSteps: number
  #root = new Step<T>(NONE)
  #steps = 0

  /**
   * @param maxSteps how many attributes of all sets together are remembered.
   * @param keep keys that count; all others are passed over. By default all do.
   */
  constructor(maxSteps: number, keep?: ReadonlySet<string>) {
    this.#maxSteps = maxSteps
    this.#keep = keep
  }

  /** Returns what was set for such attributes; undefined if that is not known. Throws what reading them throws. */
  get(attributes: object): T | undefined {
    const keep = this.#keep
    let step = this.#root
    for (const key in attributes) {
      if (!hasOwn.call(attributes, key) || (keep !== undefined && !keep.has(key))) continue
      while (step.key !== key) {
        if (step.sibling === undefined) return undefined
        step = step.sibling
      }
      const value = (attributes as Record<string, unknown>)[key]
      if (value === step.value) step = step.next as Step<T>
      else {
        const next = step.others?.get(value)
        if (next === undefined) return undefined
        step.value = next.from
        step.next = next
        step = next
      }
    }
    return step.found
  }

  /** Remembers what belongs to a set of scalars. */
  set(names: readonly string[], values: readonly unknown[], found: T): void {
    if (this.#steps + names.length > this.#maxSteps) this.clear()
    let step = this.#root
    for (let i = 0; i < names.length; i++) {
      const fork = forkAt(step, names[i] as string)
      if (fork === undefined) return
      step = this.#follow(fork, values[i])
    }
    step.found = found
  }

  /** Forgets everything. */
  clear(): void {
    this.#root = new Step<T>(NONE)
    this.#steps = 0
  }

  #follow(step: Step<T>, value: unknown): Step<T> {
    const known = value === step.value ? step.next : step.others?.get(value)
    if (known !== undefined) return known
    const from = typeof value === 'string' ? detachText(value) : value
    const next = new Step<T>(from)
    this.#steps++
    if (step.next === undefined) {
      step.value = from
      step.next = next
    } else {
      step.others ??= new Map([[step.next.from, step.next]])
      step.others.set(from, next)
    }
    return next
  }
}

const hasOwn = Object.prototype.hasOwnProperty
// Nothing that is compared with it is equal.
const NONE = Symbol('none')
const MAX_SIBLINGS = 8

/** What may come next on a path. */
class Step<T> {
  /** Value that led here. */
  readonly from: unknown
  /** Key that comes next; undefined as long as none did. */
  key: string | undefined
  /** Its value when it came last, and the step that follows. */
  value: unknown = NONE
  next: Step<T> | undefined
  /** Steps that follow by value, once there are two. */
  others: Map<unknown, Step<T>> | undefined
  /** The same place, with another key. */
  sibling: Step<T> | undefined
  /** What belongs to a set that ends here. */
  found: T | undefined

  constructor(from: unknown) {
    this.from = from
    this.key = undefined
    this.next = undefined
    this.others = undefined
    this.sibling = undefined
    this.found = undefined
  }
}

/** The step at a place that goes on with `key`; undefined if there are too many already. */
function forkAt<T>(place: Step<T>, key: string): Step<T> | undefined {
  let step = place
  for (let siblings = 0; siblings < MAX_SIBLINGS; siblings++) {
    step.key ??= key
    if (step.key === key) return step
    step.sibling ??= new Step<T>(NONE)
    step = step.sibling
  }
  return undefined
}
