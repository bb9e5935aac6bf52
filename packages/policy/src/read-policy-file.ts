import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Node, Pair } from 'yaml'
import { NAME } from './fields.ts'
import type { Field, GroupField, ListField, NamedField, ScalarField } from './fields.ts'
import { createProblem } from './policy-error.ts'
import type { PolicyProblem, Position } from './policy-error.ts'
import { POLICY_FIELDS } from './policy-fields.ts'
import type { PolicyRuleCode } from './policy-rules.ts'

/** What a file says, and where. */
export interface PolicyFile {
  /** Members by their names in code, as far as they have the right form; a removed entry is `null`. */
  readonly members: Readonly<Record<string, unknown>>
  /** Position of each member, by its path. */
  readonly positions: ReadonlyMap<string, Position>
  readonly problems: readonly PolicyProblem[]
}

const MAX_CHARS = 2 ** 20

/** Reads a policy file as far as it can be read; what it leaves out is not filled in. Throws nothing. */
export function readPolicyFile(text: string, file: string): PolicyFile {
  return new Reader(file).read(text)
}

class Reader {
  readonly #file: string
  readonly #lines = new LineCounter()
  readonly #positions = new Map<string, Position>()
  readonly #problems: PolicyProblem[] = []

  constructor(file: string) {
    this.#file = file
  }

  read(text: string): PolicyFile {
    let members: unknown
    const start = { file: this.#file, line: 1, column: 1 }
    if (text.length > MAX_CHARS) {
      this.#problems.push(createProblem('POLICY_SYNTAX', '', start, 'The file is longer than 1 MiB.'))
    } else {
      const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, logLevel: 'error' })
      for (const { pos, code } of [...document.errors, ...document.warnings]) {
        const position = this.#at(pos[0])
        // The parser's own words may repeat what stands there.
        this.#problems.push(
          createProblem('POLICY_SYNTAX', '', position, `This is no valid YAML (${code.toLowerCase()}).`),
        )
      }
      if (this.#problems.length === 0) {
        if (document.contents === null) {
          this.#problems.push(createProblem('POLICY_MISSING', 'version', start, 'The file is empty.'))
        } else {
          this.#positions.set('', start)
          members = this.#readField(document.contents, POLICY_FIELDS, '')
        }
      }
    }
    if (members !== undefined && (members as { version?: unknown }).version === undefined) {
      const isTold = this.#problems.some(({ path }) => path === 'version')
      if (!isTold) this.#add('POLICY_MISSING', 'version', undefined, 'The file lacks version: 1.')
    }
    return {
      members: (members as Readonly<Record<string, unknown>> | undefined) ?? {},
      positions: this.#positions,
      problems: this.#problems,
    }
  }

  #readField(node: Node, field: Field, path: string): unknown {
    if (isAlias(node) || node.anchor !== undefined || node.tag !== undefined) {
      this.#add('POLICY_SYNTAX', path, node, `${place(path)} has an anchor, an alias or a tag.`)
      return undefined
    }
    if (field.kind === 'group') return this.#readGroup(node, field, path)
    if (field.kind === 'named') return this.#readNamed(node, field, path)
    if (field.kind === 'list') return this.#readList(node, field, path)
    return this.#readScalar(node, field, path)
  }

  #readGroup(node: Node, { members }: GroupField, path: string): unknown {
    return this.#readPairs(node, path, (key, value, inner, pair) => {
      const member = Object.hasOwn(members, key) ? members[key] : undefined
      if (member === undefined) {
        const names = Object.keys(members).join(', ')
        this.#add('POLICY_UNKNOWN', inner, pair, `${place(path)} has no such member; there are ${names}.`)
        return undefined
      }
      if (value === undefined) {
        this.#add('POLICY_VALUE', inner, pair, `${place(inner)} has no value.`)
        return undefined
      }
      return [member.as ?? key, this.#readField(value, member.field, inner)]
    })
  }

  #readNamed(node: Node, { of, removable }: NamedField, path: string): unknown {
    return this.#readPairs(node, path, (key, value, inner, pair) => {
      if (!NAME.test(key)) {
        this.#add('POLICY_VALUE', path, pair, `A name in ${place(path)} must be of small letters, digits, _ and dots.`)
        return undefined
      }
      if (value === undefined && removable) return [key, null]
      if (value === undefined) {
        this.#add('POLICY_VALUE', inner, pair, `${place(inner)} has no value.`)
        return undefined
      }
      return [key, this.#readField(value, of, inner)]
    })
  }

  #readPairs(
    node: Node,
    path: string,
    readPair: (key: string, value: Node | undefined, path: string, key_: Node) => [string, unknown] | undefined,
  ): Record<string, unknown> | undefined {
    if (!isMap(node)) {
      this.#add('POLICY_VALUE', path, node, `${place(path)} must be a group of members.`)
      return undefined
    }
    const read: Record<string, unknown> = {}
    for (const { key, value } of node.items as Pair<Node, Node | null>[]) {
      if (!isScalar(key) || typeof key.value !== 'string') {
        this.#add('POLICY_UNKNOWN', path, key, `A member of ${place(path)} has a name that is no text.`)
        continue
      }
      const inner = path === '' ? key.value : `${path}.${key.value}`
      this.#positions.set(inner, this.#positionOf(key))
      const isNull = value === null || (isScalar(value) && value.value === null)
      const entry = readPair(key.value, isNull ? undefined : value, inner, key)
      if (entry !== undefined && entry[1] !== undefined) read[entry[0]] = entry[1]
    }
    return read
  }

  #readList(node: Node, { of, orOne }: ListField, path: string): unknown {
    if (!isSeq(node)) {
      if (orOne && isScalar(node)) {
        const one = this.#readField(node, of, path)
        return one === undefined ? undefined : [one]
      }
      this.#add('POLICY_VALUE', path, node, `${place(path)} must be a list.`)
      return undefined
    }
    return (node.items as Node[]).flatMap((item, at) => {
      const inner = `${path}[${at}]`
      this.#positions.set(inner, this.#positionOf(item))
      const read = this.#readField(item, of, inner)
      return read === undefined ? [] : [read]
    })
  }

  #readScalar(node: Node, { rule, read }: ScalarField, path: string): unknown {
    const value = isScalar(node) ? read(node.value) : undefined
    if (value === undefined) this.#add('POLICY_VALUE', path, node, `${place(path)} must be ${rule}.`)
    return value
  }

  #add(code: PolicyRuleCode, path: string, node: Node | undefined, wrong: string): void {
    this.#problems.push(createProblem(code, path, this.#positionOf(node), wrong))
  }

  #positionOf(node: Node | undefined): Position {
    return this.#at(node?.range?.[0] ?? 0)
  }

  #at(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset)
    return { file: this.#file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
}

function place(path: string): string {
  return path === '' ? 'The file' : path
}
