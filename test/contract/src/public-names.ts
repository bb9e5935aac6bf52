import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Absolute path of the repository. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** Text of a file, by its path relative to the repository. */
export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** Names of the rooms: the folders of `packages/`. */
export function listRooms(): string[] {
  return readdirSync(join(ROOT, 'packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

/** A door of a room: what an application imports, and the source that it gets. */
export interface EntryPoint {
  readonly specifier: string
  /** Path of the source, relative to the repository. */
  readonly path: string
}

/** The doors of a room: its index, and the sub-paths of its package that are sources. */
export function listEntryPoints(room: string): EntryPoint[] {
  const manifest = JSON.parse(readText(`packages/${room}/package.json`)) as { exports?: Record<string, unknown> }
  const paths = Object.entries(manifest.exports ?? {}).flatMap(([name, target]) =>
    name !== '.' && typeof target === 'string' && target.endsWith('.ts') ? [[name, target] as const] : [],
  )
  return [['.', './src/index.ts'] as const, ...paths].map(([name, target]) => ({
    specifier: `@plutus/${room}${name.slice(1)}`,
    path: `packages/${room}${target.slice(1)}`,
  }))
}

// A door holds nothing but `export { a, b as c } from './x.ts'` and `export type { … } from './x.ts'`.
const RE_EXPORT = /export (type )?\{([^}]*)\} from '[^']+'/g

/** Names that a door exports, types as `type Name`, in the order of the alphabet. */
export function listPublicNames({ path }: EntryPoint): string[] {
  const names: string[] = []
  for (const [, type = '', list = ''] of readText(path).matchAll(RE_EXPORT)) {
    for (const entry of list.split(',')) {
      const name = entry.trim().split(' as ').at(-1)?.trim() ?? ''
      if (name !== '') names.push(`${type}${name}`)
    }
  }
  return names.sort((a, b) => (bare(a) < bare(b) ? -1 : 1))
}

function bare(name: string): string {
  return name.replace(/^type /, '')
}
