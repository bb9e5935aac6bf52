import { types } from 'node:util'
import type { RedactionVerdict, Redactor } from './redactor.ts'
import { REDACTED } from './shapes.ts'

const MAX_DEPTH = 31
const MAX_MEMBERS = 4096
const UNREADABLE = '[unreadable]'

/**
 * Copies a value as it may be written: texts, numbers and bytes redacted, at most 31 levels of at most 4,096 members.
 *
 * The value itself is left as it is. What reading it throws becomes `[unreadable]`; a function or symbol is left out.
 */
export function redactValue(redactor: Redactor, value: unknown, carrier: string, verdict?: RedactionVerdict): unknown {
  return new Copier(redactor, carrier).copy(value, verdict)
}

/** Copies attributes as they may be written; see `redactValue`. */
export function redactAttributes(
  redactor: Redactor,
  attributes: Readonly<Record<string, unknown>>,
  carrier: string,
): Record<string, unknown> {
  return new Copier(redactor, carrier).copyMap(attributes)
}

class Copier {
  readonly #redactor: Redactor
  readonly #carrier: string
  readonly #path: object[] = []

  constructor(redactor: Redactor, carrier: string) {
    this.#redactor = redactor
    this.#carrier = carrier
  }

  copy(value: unknown, verdict: RedactionVerdict | undefined): unknown {
    if (value === null || value === undefined) return value
    try {
      if (verdict?.values === 'replace') return this.#redactor.replace(value, this.#carrier, verdict)
      if (typeof value === 'boolean') return value
      if (typeof value === 'object') return this.#copyObject(value, verdict)
      if (typeof value === 'function' || typeof value === 'symbol') return undefined
      if (verdict?.values === 'keep') return value
      return typeof value === 'string'
        ? this.#redactor.text(value, this.#carrier, verdict)
        : this.#redactor.number(value as number | bigint, this.#carrier, verdict)
    } catch {
      return REDACTED // what cannot be judged does not leave
    }
  }

  copyMap(map: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const copy: Record<string, unknown> = {}
    let members = 0
    for (const key of Object.keys(map)) {
      if (members++ >= MAX_MEMBERS) {
        set(copy, '[cut]', true)
        break
      }
      const verdict = this.#redactor.key(key, this.#carrier)
      let value: unknown
      try {
        value = map[key]
      } catch {
        value = UNREADABLE
      }
      set(copy, verdict.name, this.copy(value, key === 'value' ? this.#judgeNamed(map, verdict) : verdict))
    }
    return copy
  }

  /** The verdict for the `value` of what may tell by a name beside it what it is. */
  #judgeNamed(map: Readonly<Record<string, unknown>>, verdict: RedactionVerdict): RedactionVerdict {
    if (verdict.values === 'keep') return verdict
    try {
      const name = map['name'] ?? map['key']
      return (typeof name === 'string' ? this.#redactor.beside(name, this.#carrier) : undefined) ?? verdict
    } catch {
      return verdict
    }
  }

  #copyObject(value: object, verdict: RedactionVerdict | undefined): unknown {
    if (this.#path.includes(value)) return '[circular]'
    if (this.#path.length >= MAX_DEPTH) return '[too deep]'
    this.#path.push(value)
    try {
      return this.#copyReadable(value, verdict)
    } catch {
      return UNREADABLE
    } finally {
      this.#path.pop()
    }
  }

  #copyReadable(value: object, verdict: RedactionVerdict | undefined): unknown {
    if (Array.isArray(value)) return this.#copyList(value, verdict)
    if (types.isUint8Array(value)) {
      return verdict?.values === 'keep' ? value : this.#redactor.bytes(value, this.#carrier, verdict)
    }
    if (types.isNativeError(value)) {
      const { name, message, stack, cause } = value
      const told = { 'exception.type': name, 'exception.message': message, 'exception.stacktrace': stack, cause }
      return this.copyMap(Object.assign(told, Object.fromEntries(Object.entries(value))))
    }
    if (types.isMap(value))
      return this.copyMap(Object.fromEntries([...value].map(([key, member]) => [String(key), member])))
    if (types.isSet(value)) return this.#copyList([...value], verdict)
    if (types.isDate(value)) return Number.isNaN(value.getTime()) ? String(value) : value
    const { toJSON } = value as { readonly toJSON?: unknown }
    if (typeof toJSON === 'function') return this.copy(toJSON.call(value, ''), verdict)
    return this.copyMap(value as Record<string, unknown>)
  }

  #copyList(list: readonly unknown[], verdict: RedactionVerdict | undefined): unknown[] {
    const members = list.slice(0, MAX_MEMBERS)
    const isKept = verdict?.values === 'keep'
    return members.map((member, at) => {
      const judged = isKept || at === 0 ? undefined : this.#judgeMember(members, at, member)
      return this.copy(member, judged ?? verdict) ?? null
    })
  }

  #judgeMember(members: readonly unknown[], at: number, member: unknown): RedactionVerdict | undefined {
    const before = members[at - 1]
    const judged = this.#redactor.after(before, member, this.#carrier)
    // A list of two may be a name and its value, as of a header.
    if (judged !== undefined || typeof before !== 'string' || members.length !== 2) return judged
    return this.#redactor.beside(before, this.#carrier)
  }
}

/** Sets a member whatever its name: `__proto__` is a key like others. */
function set(copy: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true })
}
