import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Loader, Plugin } from 'esbuild'

// A door that only names what stands in other files. esbuild puts all of those files where one of them is used.
const DOORS = /^(?:@plutus\/[\w-]+|@opentelemetry\/(?:api|core))$/
const STATEMENT = /\b(import|export)\s+(type\s+)?\{([^{}]*)\}\s*from\s*(['"])(@(?:plutus|opentelemetry)\/[\w-]+)\4/g
const FROM_FILE = /\b(?:import|export)\s*\{([^{}]*)\}\s*from\s*['"](\.[^'"]+)['"]/g
const LOCAL_EXPORTS = /\bexport\s*\{([^{}]*)\}(?!\s*from)/g

/** Where a name that a door gives really stands. */
interface Place {
  readonly file: string
  readonly name: string
}

/** Names are imported from the files in which they stand, so that each part of the bundle gets only what it uses. */
export interface Barrels {
  readonly plugin: Plugin
  /** Rewrites the imports of one source. */
  readonly rewrite: (source: string, path: string) => string
}

export function createBarrels(room: string): Barrels {
  const doors = new Map<string, ReadonlyMap<string, Place>>()
  const open = (door: string, importer: string): ReadonlyMap<string, Place> => {
    const file = findDoor(door, importer) ?? findDoor(door, join(room, 'package.json'))
    if (file === undefined) return new Map()
    const places = doors.get(file) ?? readDoor(file)
    doors.set(file, places)
    return places
  }
  const rewrite = (source: string, path: string): string =>
    source.replace(STATEMENT, (all, verb: string, type: string | undefined, names: string, _quote, door: string) =>
      type !== undefined || !DOORS.test(door) ? all : split(verb, names, door, open(door, path)),
    )
  const plugin: Plugin = {
    name: 'barrels',
    setup: (bundler) => {
      bundler.onLoad({ filter: /\.(?:ts|mjs|js)$/ }, ({ path }) => {
        const source = readFileSync(path, 'utf8')
        const contents = rewrite(source, path)
        if (contents === source) return undefined
        const loader: Loader = path.endsWith('.ts') ? 'ts' : 'js'
        return { contents, loader }
      })
    },
  }
  return { plugin, rewrite }
}

function split(verb: string, names: string, door: string, places: ReadonlyMap<string, Place>): string {
  return listOf(names)
    .filter(([name]) => !name.startsWith('type '))
    .map(([name, alias]) => {
      const place = places.get(name)
      return `${verb} { ${place?.name ?? name} as ${alias} } from ${JSON.stringify(place?.file ?? door)}`
    })
    .join(';')
}

/** Pairs of what is named and what it is called from there on. */
function listOf(names: string): (readonly [string, string])[] {
  return names
    .replaceAll(/\/\*.*?\*\/|\/\/.*/g, '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [name = part, alias = name] = part.split(/\s+as\s+/)
      return [name, alias] as const
    })
}

function readDoor(door: string): ReadonlyMap<string, Place> {
  const source = readFileSync(door, 'utf8')
  const places = new Map<string, Place>()
  const imported = new Map<string, Place>()
  for (const [statement, names = '', file = ''] of source.matchAll(FROM_FILE)) {
    const into = statement.startsWith('export') ? places : imported
    for (const [name, alias] of listOf(names)) into.set(alias, { file: join(dirname(door), file), name })
  }
  for (const [, names = ''] of source.matchAll(LOCAL_EXPORTS)) {
    for (const [name, alias] of listOf(names)) {
      const place = imported.get(name)
      if (place !== undefined) places.set(alias, place)
    }
  }
  return places
}

function findDoor(door: string, importer: string): string | undefined {
  try {
    return createRequire(importer)
      .resolve(door)
      .replace(/\.cjs$/, '.mjs')
  } catch {
    return undefined
  }
}
