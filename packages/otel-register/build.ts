import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { BuildResult, Metafile, Plugin } from 'esbuild'
import { writeNotices } from './build-notices.ts'

// Bundles the hook into dist/: one small start, and a file for everything that is loaded on demand.

const ROOM = dirname(fileURLToPath(import.meta.url))
const DIST = join(ROOM, 'dist')
const LOCK = join(ROOM, 'node_modules', '.build-lock')
const LOCK_STALE_MILLIS = 30_000

const entryPoints = {
  start: 'src/index.ts',
  'loader-thread': 'src/hooks/loader-thread.ts',
  ...entriesOf('src/instrumentations', 'instrumentations'),
  ...entriesOf('src/upstream/parts', 'upstream/parts'),
  ...entriesOf('src/plutus/parts', 'plutus/parts'),
}

// What upstream's base class imports of these packages is ours: it registers patches there, and the hook runs them.
const moduleHooks: Plugin = {
  name: 'module-hooks',
  setup: (bundler) => {
    bundler.onResolve({ filter: /^(?:require|import)-in-the-middle$/ }, ({ path }) => ({
      path: join(ROOM, 'src/hooks', `${path}.ts`),
    }))
    bundler.onResolve({ filter: /^import-in-the-middle\// }, ({ path }) => ({ path, external: true }))
  },
}

// Upstream's wrapping helper writes to the console what it cannot wrap; on the application's error stream that is noise.
const quietShimmer: Plugin = {
  name: 'quiet-shimmer',
  setup: (bundler) => {
    bundler.onLoad({ filter: /@opentelemetry[/\\]instrumentation[/\\]dist[/\\]shimmer\.mjs$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8')
      const quiet = source.replace(
        'let logger = console.error.bind(console)',
        'import { diag } from "@opentelemetry/api"\nlet logger = (line) => diag.debug(line)',
      )
      if (quiet === source) throw new Error(`${path} no longer has the logger that is replaced`)
      return { contents: quiet }
    })
  },
}

const result = await build({
  absWorkingDir: ROOM,
  entryPoints,
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  mainFields: ['module', 'main'],
  chunkNames: '[name]-[hash]',
  minifySyntax: true,
  minifyWhitespace: true,
  lineLimit: 120, // Node prints the line that throws
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  write: false,
  plugins: [moduleHooks, quietShimmer],
  // Bundled CommonJS asks for Node's own modules by `require`, which ES modules lack.
  banner: {
    js: "import{createRequire as $createRequire}from'node:module';const require=$createRequire(import.meta.url);",
  },
})

await publish(result)
console.log(describe(result.metafile))

function entriesOf(folder: string, out: string): Record<string, string> {
  const files = globSync(`${folder}/*.ts`, { cwd: ROOM }).filter((file) => !file.endsWith('.test.ts'))
  return Object.fromEntries(files.sort().map((file) => [`${out}/${basename(file, '.ts')}`, file]))
}

/**
 * Puts the files in place one by one, each in one step, those that others import first. A program that starts
 * meanwhile finds either build whole, and two builds at once take turns.
 */
async function publish({ outputFiles, metafile }: BuildResult<{ write: false; metafile: true }>): Promise<void> {
  const files = new Map<string, Uint8Array | string>([
    ...outputFiles.map(({ path, contents }): [string, Uint8Array] => [path, contents]).sort(byImportOrder),
    [join(DIST, 'THIRD-PARTY-NOTICES.txt'), writeNotices(metafile, ROOM)],
  ])
  await lock()
  try {
    for (const [path, contents] of files) replaceFile(path, contents)
    for (const file of globSync('**/*', { cwd: DIST }).map((name) => join(DIST, name))) {
      if (!files.has(file) && statSync(file).isFile()) rmSync(file, { force: true })
    }
  } finally {
    rmSync(LOCK, { recursive: true, force: true })
  }
}

function byImportOrder([a]: [string, unknown], [b]: [string, unknown]): number {
  return rankOf(a) - rankOf(b) || (a < b ? -1 : 1)
}

function rankOf(path: string): number {
  const name = relative(DIST, path).replaceAll('\\', '/').replace(/\.js$/, '')
  return Object.hasOwn(entryPoints, name) ? 1 : 0
}

function replaceFile(path: string, contents: Uint8Array | string): void {
  const bytes = Buffer.from(contents as Uint8Array)
  if (existsSync(path) && readFileSync(path).equals(bytes)) return
  mkdirSync(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}`
  writeFileSync(temporary, bytes)
  renameSync(temporary, path)
}

async function lock(): Promise<void> {
  for (;;) {
    try {
      mkdirSync(LOCK)
      return
    } catch {
      const since = statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs
      if (since !== undefined && Date.now() - since > LOCK_STALE_MILLIS) rmSync(LOCK, { recursive: true, force: true })
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

function describe({ outputs }: Metafile): string {
  const size = (path: string): number => outputs[path]?.bytes ?? 0
  const seen = new Set<string>()
  const walk = (path: string): number => {
    if (seen.has(path)) return 0
    seen.add(path)
    const statics = (outputs[path]?.imports ?? []).filter(
      ({ kind, external }) => kind === 'import-statement' && !external,
    )
    return size(path) + statics.reduce((sum, { path: next }) => sum + walk(next), 0)
  }
  const start = walk('dist/start.js')
  const all = Object.keys(outputs).reduce((sum, path) => sum + size(path), 0)
  return `packages/otel-register/dist: ${Object.keys(outputs).length} files, ${kB(all)}; loaded at start: ${seen.size} files, ${kB(start)}`
}

function kB(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`
}
