import { OPERATIONS } from './operations.generated.ts'

/** What a request is, without anything of the one object that it is about. */
export interface NamedPath {
  /** Resource and method in snake_case: `payment_intents.create`. */
  readonly operation: string
  /** Path with `{id}` for each variable part: `/v1/payment_intents/{id}`. */
  readonly template: string
  /** Whether the library has a method for it. */
  readonly isKnown: boolean
}

interface Node {
  readonly children: Map<string, Node>
  variable: Node | undefined
  /** Operations that end here, by HTTP method. */
  readonly operations: Map<string, string>
}

const METHODS: Readonly<Record<string, string>> = { D: 'DELETE', G: 'GET', P: 'POST' }
const VARIABLE = '{id}'
const MOST_SEGMENTS = 12

let root: Node | undefined
// Every word that is a fixed part of some path: what is none of these may be an id.
const words = new Set<string>()

/**
 * Names a request by the table of the library's methods.
 *
 * A path that is not in it keeps the segments that some known path has at all; all others become `{id}`, so that
 * nothing of an unknown path can be an id.
 *
 * @param path With or without a query.
 * @example namePath('POST', '/v1/payment_intents/pi_1/confirm').operation // 'payment_intents.confirm'
 */
export function namePath(method: string, path: string): NamedPath {
  root ??= readTable(OPERATIONS)
  const end = path.indexOf('?')
  const segments = (end === -1 ? path : path.slice(0, end)).split('/').slice(1)
  if (segments.length <= MOST_SEGMENTS) {
    const template: string[] = []
    const operation = find(root, segments, 0, method, template)
    if (operation !== undefined) return { operation, template: `/${template.join('/')}`, isKnown: true }
  }
  const kept = segments.slice(0, MOST_SEGMENTS).map((segment) => (words.has(segment) ? segment : VARIABLE))
  const named = kept.filter((segment) => segment !== VARIABLE && segment !== 'v1')
  const verb = method.toLowerCase()
  return {
    operation: named.length === 0 ? 'request' : [...named, /^[a-z]{1,10}$/.test(verb) ? verb : 'other'].join('.'),
    template: `/${kept.join('/')}${segments.length > MOST_SEGMENTS ? '/…' : ''}`,
    isKnown: false,
  }
}

/** A fixed segment goes before a variable one; where it leads nowhere, the variable one has its turn. */
function find(
  node: Node,
  segments: readonly string[],
  at: number,
  method: string,
  template: string[],
): string | undefined {
  const segment = segments[at]
  if (segment === undefined) return node.operations.get(method)
  const fixed = node.children.get(segment)
  if (fixed !== undefined) {
    template.push(segment)
    const found = find(fixed, segments, at + 1, method, template)
    if (found !== undefined) return found
    template.pop()
  }
  if (node.variable === undefined || segment === '') return undefined
  template.push(VARIABLE)
  const found = find(node.variable, segments, at + 1, method, template)
  if (found === undefined) template.pop()
  return found
}

function readTable(table: string): Node {
  const top = createNode()
  for (const line of table.trim().split('\n')) {
    const [resource = '', base = '', ...methods] = line.split(' ')
    for (const entry of methods) {
      const at = entry.indexOf(':')
      const node = `${base}${entry.slice(at + 2)}`.split('/').slice(1).reduce(descend, top)
      node.operations.set(METHODS[entry.charAt(at + 1)] ?? '', `${resource}.${entry.slice(0, at)}`)
    }
  }
  return top
}

function descend(node: Node, segment: string): Node {
  if (segment === '{}') return (node.variable ??= createNode())
  words.add(segment)
  const child = node.children.get(segment) ?? createNode()
  node.children.set(segment, child)
  return child
}

function createNode(): Node {
  return { children: new Map(), variable: undefined, operations: new Map() }
}
