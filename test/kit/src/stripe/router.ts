import type { Operation } from './operation.ts'

/** An operation and the variable parts of the path that led to it. */
export interface RouteMatch {
  readonly operation: Operation
  readonly path: Readonly<Record<string, string>>
}

/** Creates the look-up from a request's method and path to its operation. */
export function createRouter(
  operations: readonly Operation[],
): (method: string, path: string) => RouteMatch | undefined {
  const routes = operations.map((operation) => ({ operation, segments: operation.path.split('/') }))
  return (method, path) => {
    const segments = path.split('/')
    for (const { operation, segments: template } of routes) {
      if (operation.method !== method || template.length !== segments.length) continue
      const parts: Record<string, string> = {}
      const fits = template.every((expected, at) => {
        const actual = segments[at] ?? ''
        if (!expected.startsWith('{')) return expected === actual
        parts[expected.slice(1, -1)] = actual
        return actual !== ''
      })
      if (fits) return { operation, path: parts }
    }
    return undefined
  }
}
