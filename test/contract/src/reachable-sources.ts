import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { readText, ROOT } from './public-names.ts'

const SPECIFIER = /(?:\bfrom|\bimport\(|\brequire\()\s*'([^']+)'/g

/** Paths of the sources that a process loads or may load by way of some, `@plutus/*` packages included. */
export function listReachableSources(entries: readonly string[]): string[] {
  const reached = new Set<string>()
  const waiting = [...entries]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue
    reached.add(path)
    for (const [, specifier = ''] of readText(path).matchAll(SPECIFIER)) {
      const target = resolve(path, specifier)
      if (target !== undefined) waiting.push(target)
    }
  }
  return [...reached].sort()
}

function resolve(from: string, specifier: string): string | undefined {
  const room = /^@plutus\/([^/]+)$/.exec(specifier)?.[1]
  const path = room === undefined ? posix.join(posix.dirname(from), specifier) : `packages/${room}/src/index.ts`
  const isOurs = room !== undefined || specifier.startsWith('.')
  return isOurs && path.endsWith('.ts') && existsSync(join(ROOT, path)) ? path : undefined
}
