import { types } from 'node:util'
import { PlutusError } from '@plutus/conventions'
import type { RedactionOptions } from './redaction-options.ts'
import { createRedactor } from './redactor.ts'
import type { RedactionVerdict, Redactor } from './redactor.ts'

/** A secret that stands where none may: where, and by which rule it was found. Never the value. */
export interface Finding {
  /** Where it stands, such as `resourceSpans[0].name`, with keys redacted; empty if the whole value is one text. */
  readonly path: string
  /** Name of the rule. */
  readonly rule: string
}

const MAX_DEPTH = 100
const MAX_FINDINGS = 1000
const MAX_TOLD = 20
const WRAPPER = /^(?:(?:string|int|double|bool|bytes|array|kvlist)Value|values)$/
const WORD = /^[A-Za-z_$][\w$]*$/

/**
 * Finds what a policy would mask in a text, in bytes, or in any value at any depth, decoded OTLP for example. Attributes in
 * OTLP's form (`{ key, value }`) are judged by their key. At most 1,000 findings are returned.
 *
 * @param options The policy; `onHit` is not used.
 */
export function findSecrets(exported: unknown, options: Omit<RedactionOptions, 'onHit'> = {}): Finding[] {
  return new Finder(options).find(exported)
}

/**
 * Throws if a policy would mask anything in what a program exported: for tests of applications.
 *
 * @throws {PlutusError} with the code `PLUTUS_SECRETS_FOUND`, whose message names places and rules, never values.
 * @example assertNoSecrets(await receiver.requests()) // throws if a card number is in them
 */
export function assertNoSecrets(exported: unknown, options: Omit<RedactionOptions, 'onHit'> = {}): void {
  const findings = findSecrets(exported, options)
  if (findings.length === 0) return
  const told = findings.slice(0, MAX_TOLD).map(({ path, rule }) => `${rule} at ${path === '' ? 'the text' : path}`)
  const more = findings.length > MAX_TOLD ? `, and ${findings.length - MAX_TOLD} more` : ''
  throw new PlutusError(
    'PLUTUS_SECRETS_FOUND',
    `What was exported holds ${findings.length} secrets: ${told.join(', ')}${more}; take them out where they come from.`,
  )
}

class Finder {
  readonly #redactor: Redactor
  readonly #findings: Finding[] = []
  readonly #seen = new Set<object>()
  #path = ''

  constructor(options: Omit<RedactionOptions, 'onHit'>) {
    this.#redactor = createRedactor({
      ...options,
      onHit: (rule) => {
        if (this.#findings.length < MAX_FINDINGS) this.#findings.push({ path: this.#path, rule })
      },
    })
  }

  find(exported: unknown): Finding[] {
    this.#visit(exported, '', undefined, 0)
    return this.#findings
  }

  #visit(value: unknown, path: string, verdict: RedactionVerdict | undefined, depth: number): void {
    this.#path = path
    if (value === null || value === undefined || verdict?.values === 'keep') return
    if (verdict?.values === 'replace') {
      if (!isEmpty(value)) this.#redactor.replace(plainOf(value), 'exported', verdict)
    } else if (typeof value === 'string') this.#redactor.text(value, 'exported', verdict)
    else if (typeof value === 'number' || typeof value === 'bigint') this.#redactor.number(value, 'exported', verdict)
    else if (value instanceof Uint8Array) this.#redactor.bytes(value, 'exported', verdict)
    else if (types.isAnyArrayBuffer(value)) this.#redactor.bytes(new Uint8Array(value), 'exported', verdict)
    else if (value instanceof URL) this.#redactor.text(value.href, 'exported', verdict)
    else if (typeof value === 'object' && depth < MAX_DEPTH) this.#visitObject(value, path, verdict, depth)
  }

  #visitObject(value: object, path: string, verdict: RedactionVerdict | undefined, depth: number): void {
    if (this.#seen.has(value)) return
    this.#seen.add(value)
    const list: unknown = types.isSet(value) ? [...value] : value
    if (Array.isArray(list)) {
      for (const [at, member] of list.entries()) {
        const judged = at === 0 ? undefined : this.#judgeMember(plainOf(list[at - 1]), member, at, list.length)
        this.#visit(member, `${path}[${at}]`, judged ?? verdict, depth + 1)
      }
      return
    }
    const { key, name: itsName } = value as { readonly key?: unknown; readonly name?: unknown }
    if (typeof key === 'string' && 'value' in value) {
      this.#visitMember(key, value.value, path, depth)
      return
    }
    for (const [name, member] of membersOf(value)) {
      const judged =
        name === 'value' && typeof itsName === 'string' ? this.#redactor.beside(itsName, 'exported') : undefined
      if (judged === undefined) this.#visitMember(name, member, path, depth, verdict)
      else this.#visit(member, join(path, name), judged, depth + 1)
    }
  }

  #judgeMember(before: unknown, member: unknown, at: number, length: number): RedactionVerdict | undefined {
    const judged = this.#redactor.after(before, plainOf(member), 'exported')
    if (judged !== undefined || typeof before !== 'string' || at !== 1 || length !== 2) return judged
    return this.#redactor.beside(before, 'exported')
  }

  #visitMember(name: string, value: unknown, parent: string, depth: number, outer?: RedactionVerdict): void {
    this.#path = `a key of ${parent === '' ? 'the whole' : parent}`
    const verdict = this.#redactor.key(name, 'exported')
    // The member that holds an OTLP value says nothing of its own.
    const isWrapper = WRAPPER.test(name)
    this.#visit(value, join(parent, verdict.name), isWrapper ? (outer ?? verdict) : verdict, depth + 1)
  }
}

/** What an object holds: also maps, headers and errors, whose own properties do not show it. */
function membersOf(value: object): [name: string, member: unknown][] {
  if (types.isMap(value) || value instanceof Headers || value instanceof URLSearchParams) {
    return [...value].map(([name, member]: [unknown, unknown]) => [String(name), member])
  }
  if (!types.isNativeError(value)) return Object.entries(value)
  const { name, message, stack, cause } = value
  return [...Object.entries({ name, message, stack, cause }), ...Object.entries(value)]
}

function join(path: string, name: string): string {
  if (!WORD.test(name)) return `${path}[${JSON.stringify(name)}]`
  return path === '' ? name : `${path}.${name}`
}

/** The one member of an OTLP value. */
function plainOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const [[name, inner] = []] = Object.entries(value)
  return name?.endsWith('Value') === true ? inner : value
}

function isEmpty(value: unknown): boolean {
  const plain = plainOf(value)
  return plain === null || plain === undefined || plain === ''
}
