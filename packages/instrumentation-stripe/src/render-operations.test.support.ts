import type { CollectedOperation } from './collect-operations.test.support.ts'

interface Group {
  readonly resource: string
  readonly operations: CollectedOperation[]
}

/**
 * Writes operations out as the table that `operation-names.ts` reads: a line per resource with its name, the path that
 * its operations begin with, and for each its name, the first letter of its HTTP method, and the rest of its path.
 *
 * Of several names for one request the first holds.
 */
export function renderOperations(operations: readonly CollectedOperation[]): string {
  const groups = new Map<string, Group>()
  const seen = new Set<string>()
  for (const operation of operations) {
    const key = `${operation.method} ${operation.template}`
    if (seen.has(key)) continue
    seen.add(key)
    const resource = operation.name.slice(0, operation.name.lastIndexOf('.'))
    const group = groups.get(resource) ?? { resource, operations: [] }
    groups.set(resource, group)
    group.operations.push(operation)
  }
  const lines = [...groups.values()].sort((a, b) => (a.resource < b.resource ? -1 : 1)).map(renderGroup)
  return `// Made by generate.ts from the packages of every supported major; not to be edited.

/** Operations of Stripe's library: resource, path, then each method with the letter of its HTTP method and its path. */
export const OPERATIONS = \`
${lines.join('\n')}
\`
`
}

function renderGroup({ resource, operations }: Group): string {
  const base = commonBase(operations.map(({ template }) => template))
  const methods = operations.map(({ name, method, template }) => {
    const rest = template.slice(base.length).replaceAll('{id}', '{}')
    return `${name.slice(resource.length + 1)}:${method.charAt(0)}${rest}`
  })
  return [resource, base, ...methods.sort()].join(' ')
}

/** The segments that all paths begin with, without variable ones. */
function commonBase([first = '', ...others]: readonly string[]): string {
  let base = ''
  for (const segment of first.split('/').slice(1)) {
    const longer = `${base}/${segment}`
    if (segment.startsWith('{') || !others.every((path) => path === longer || path.startsWith(`${longer}/`))) break
    base = longer
  }
  return base
}
