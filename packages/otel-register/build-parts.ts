import { createHash } from 'node:crypto'
import { dirname, join, relative } from 'node:path'
import { build } from 'esbuild'
import type { Metafile, OutputFile, Plugin } from 'esbuild'
import { keepClosuresYoung } from './build-young-closures.ts'

// esbuild splits ES modules only, and a CommonJS file starts several times faster. So what esbuild has split is put
// together again: all that the start needs in one file, and each other piece in one of its own, which is a function
// that gets the start's bindings. No piece stays in `require.cache`: an application that empties that must not get a
// second engine with the next piece.

/** What esbuild has split. */
export interface SplitBundle {
  readonly files: readonly OutputFile[]
  readonly metafile: Metafile
  /** Folder that the paths of the metafile are relative to. */
  readonly room: string
  /** Folder of the outputs. */
  readonly dist: string
}

interface Piece {
  /** Path below the folder of the outputs, with slashes, without extension. */
  readonly name: string
  readonly text: string
  readonly exports: readonly string[]
  /** Names that it imports of other pieces. */
  readonly imports: ReadonlyMap<string, readonly string[]>
}

/** Node prints the line that throws. */
export const LINE_LIMIT = 120

/** Name of the file with the pieces that are needed soon after the start. */
const SOON = 'soon'

type Pieces = ReadonlyMap<string, Piece>

const EXPORTS = /\bexport\s*\{([^{}]*)\};?/g
const IMPORTS = /\bimport\s*(?:\{([^{}]*)\}\s*from\s*)?"(\.[^"]+)"/g

// Gives what a piece exposes: found below the folder, run once, not kept where the application can see it. The entry's
// `require` can take compiled code of a file that has been kept.
const LOAD = `const $loaded = new Map(), $read = (name) => {
const file = require("node:path").join(__dirname, name + ".cjs");
if (name === "${SOON}" && require.kept !== undefined) return require.kept(file);
const read = require(file);
delete require.cache[file];
return read;
}, $load = (name) => {
let found = $loaded.get(name);
if (found !== undefined) return found;
const run = $soon.has(name) ? ($pieces ??= $read("${SOON}"))[name] : $read(name);
run($core, $load, (value) => { found = value; });
$loaded.set(name, found);
return found;
};`

/**
 * Turns the pieces that a start and other parts need into CommonJS files: their text by path below the outputs' folder.
 *
 * @param soon names the parts that stand in one file, with all that they need.
 */
export async function packParts(
  bundle: SplitBundle,
  start: string,
  parts: readonly string[],
  soon: readonly string[],
): Promise<Map<string, string>> {
  const pieces = readPieces(bundle)
  const core = closureOf(start, pieces)
  const aliases = nameCoreBindings(core, pieces, start)
  const together = new Set(soon.flatMap((part) => [...closureOf(part, pieces)]))
  const packed = new Map<string, string>()
  const functions: string[] = []
  const names: string[] = []
  for (const name of new Set(parts.flatMap((part) => [...closureOf(part, pieces)]))) {
    if (core.has(name)) continue
    const text = await packPiece(pieceOf(name, pieces), pieces, aliases)
    if (together.has(name)) {
      // The file stands where pieces without a folder would.
      const asksWhere = text.includes('__dirname') || text.includes('__filename')
      if (asksWhere && name.includes('/')) throw new Error(`${name} asks where its file is`)
      names.push(name)
      functions.push(`${JSON.stringify(name)}: ${text}`)
    } else packed.set(`${name}.cjs`, `module.exports = ${text};\n`)
  }
  packed.set(`${SOON}.cjs`, withName(`module.exports = {\n${functions.join(',\n')}\n};\n`))
  return packed.set(`${start}.cjs`, await packCore(pieces, aliases, names))
}

function readPieces({ files, metafile, room, dist }: SplitBundle): Pieces {
  const texts = new Map(files.map(({ path, text }) => [path, text]))
  return new Map(
    Object.keys(metafile.outputs).map((output): [string, Piece] => {
      const path = join(room, output)
      const text = texts.get(path) ?? ''
      const name = withoutExtension(relative(dist, path))
      const imports = new Map<string, readonly string[]>()
      for (const [, names = '', file = ''] of text.matchAll(IMPORTS)) {
        imports.set(
          resolvePiece(file, name),
          listOf(names).map(([imported]) => imported),
        )
      }
      const exports = [...text.matchAll(EXPORTS)].flatMap(([, names = '']) => listOf(names))
      for (const [local] of exports) refuseReassigned(local, text, name)
      return [name, { name, text, exports: exports.map(([, exported]) => exported), imports }]
    }),
  )
}

/** Others get a copy of a binding: one that may change later would differ. Rather refuses too much than too little. */
function refuseReassigned(name: string, text: string, piece: string): void {
  const escaped = name.replaceAll('$', String.raw`\$`)
  const assigned = new RegExp(
    String.raw`(?<![\w$.])${escaped}\s*(?:[-+*/%&|^?<>]{0,3}=(?![=>])|\+\+|--)|(?:\+\+|--)${escaped}(?![\w$])`,
    'g',
  )
  const count = text.match(assigned)?.length ?? 0
  if (count > 1) throw new Error(`${piece} exports ${name}, which seems to change`)
}

/** Pairs of what is named, and what it is called from there on. */
function listOf(names: string): (readonly [string, string])[] {
  return names
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [name = part, alias = name] = part.split(/\s+as\s+/)
      return [name, alias] as const
    })
}

/** A piece and all that it needs, each after what it needs itself. */
function closureOf(first: string, pieces: Pieces): ReadonlySet<string> {
  const closed = new Set<string>()
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) throw new Error(`Pieces import each other: ${[...path, name].join(', ')}`)
    if (closed.has(name)) return
    for (const next of pieceOf(name, pieces).imports.keys()) visit(next, [...path, name])
    closed.add(name)
  }
  visit(first, [])
  return closed
}

/** What the start's file calls the bindings that it hands on, by piece and name. */
type Aliases = ReadonlyMap<string, ReadonlyMap<string, string>>

function nameCoreBindings(core: ReadonlySet<string>, pieces: Pieces, start: string): Aliases {
  const aliases = new Map<string, Map<string, string>>()
  const taken = new Set<string>()
  const add = (piece: string, name: string): void => {
    const known = aliases.get(piece)
    if (known === undefined || known.has(name)) return
    let alias = name
    for (let count = 2; taken.has(alias); count++) alias = `${name}${count}`
    taken.add(alias)
    known.set(name, alias)
  }
  for (const piece of core) aliases.set(piece, new Map())
  for (const name of pieceOf(start, pieces).exports) add(start, name)
  for (const { name, imports } of pieces.values()) {
    if (core.has(name)) continue
    for (const [piece, names] of imports) for (const each of names) add(piece, each)
  }
  return aliases
}

async function packCore(pieces: Pieces, aliases: Aliases, soon: readonly string[]): Promise<string> {
  const imports = [...aliases].map(([piece, names]) => {
    const list = [...names].map(([name, alias]) => `${name} as ${alias}`)
    return `import { ${list.join(', ')} } from "./${piece}.js"`
  })
  const handedOn = [...aliases.values()].flatMap((names) => [...names.values()])
  const text = await bundle(`${imports.join('\n')}\n$core = { ${handedOn.join(', ')} }`, pieces, () => undefined)
  const state = `let $core, $pieces;\nconst $soon = new Set(${JSON.stringify(soon)});`
  return withName(`"use strict";\n${state}\n${LOAD}\n${text}module.exports = $core;\n`)
}

/** What V8 makes of it is kept by this name: it takes any code of the same length for the same. */
function withName(code: string): string {
  return `//${createHash('sha256').update(code).digest('hex').slice(0, 16)}\n${code}`
}

/** A function that gets the start's bindings. */
async function packPiece(piece: Piece, pieces: Pieces, aliases: Aliases): Promise<string> {
  // Copies in variables: a call through an object of another file costs more on a hot path.
  const copy = (name: string, importer: string): string | undefined => {
    const names = pieceOf(importer, pieces).imports.get(name)
    if (name === piece.name || names === undefined) return undefined
    const known = aliases.get(name)
    const from = known === undefined ? `$load(${JSON.stringify(name)})` : '$core'
    return [
      `const from = ${from}`,
      ...names.map((each) => `export const ${each} = from.${known?.get(each) ?? each}`),
    ].join('\n')
  }
  const entry = `import { ${piece.exports.join(', ')} } from "./${piece.name}.js"\n$expose({ ${piece.exports.join(', ')} })`
  const text = await bundle(entry, pieces, copy)
  return `(function ($core, $load, $expose) {"use strict";\n${text}})`
}

/** Bundles pieces to CommonJS, with `copy` in place of a piece where it gives something. */
async function bundle(
  entry: string,
  pieces: Pieces,
  copy: (name: string, importer: string) => string | undefined,
): Promise<string> {
  const plugin: Plugin = {
    name: 'pieces',
    setup: (bundler) => {
      bundler.onResolve({ filter: /.*/ }, ({ path, importer, kind }) => {
        if (kind === 'entry-point') return { path, namespace: 'entry' }
        if (!path.startsWith('.')) return { path, external: true }
        const from = withoutExtension(importer)
        const name = resolvePiece(path, from)
        // What is imported later, and is so small that it is no file of its own, goes with what imports it.
        const isCopied = kind === 'import-statement' && pieces.has(from) && copy(name, from) !== undefined
        return isCopied
          ? { path: name, namespace: 'copy', suffix: `?${from}`, pluginData: from }
          : { path: `${name}.js`, namespace: 'piece' }
      })
      bundler.onLoad({ filter: /.*/, namespace: 'entry' }, () => ({ contents: entry }))
      bundler.onLoad({ filter: /.*/, namespace: 'piece' }, ({ path }) => ({
        contents: pieceOf(withoutExtension(path), pieces).text,
      }))
      bundler.onLoad({ filter: /.*/, namespace: 'copy' }, ({ path, pluginData }) => ({
        contents: copy(path, String(pluginData)) ?? '',
      }))
    },
  }
  const { outputFiles } = await build({
    entryPoints: ['entry'],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    define: { 'import.meta.url': '$url' },
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: LINE_LIMIT,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [plugin],
  })
  const text = keepClosuresYoung(outputFiles[0]?.text ?? '')
  const url = 'const $url=require("node:url").pathToFileURL(__filename).href;\n'
  return text.includes('$url') ? url + text : text
}

function resolvePiece(file: string, importer: string): string {
  return withoutExtension(join(dirname(importer), file))
}

function withoutExtension(path: string): string {
  return path.replaceAll('\\', '/').replace(/\.js$/, '')
}

function pieceOf(name: string, pieces: Pieces): Piece {
  const piece = pieces.get(name)
  if (piece === undefined) throw new Error(`There is no piece ${name}`)
  return piece
}
