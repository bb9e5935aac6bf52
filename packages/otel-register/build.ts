import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { BuildOptions, Plugin } from 'esbuild'
import { createBarrels } from './build-barrels.ts'
import type { Barrels } from './build-barrels.ts'
import { writeNotices } from './build-notices.ts'
import { LINE_LIMIT, packParts } from './build-parts.ts'
import { keepClosuresYoung } from './build-young-closures.ts'

// Bundles the hook into dist/: one small start, and a file for everything that is loaded on demand.

const ROOM = dirname(fileURLToPath(import.meta.url))
const DIST = join(ROOM, 'dist')
const LOCK = join(ROOM, 'node_modules', '.build-lock')
const LOCK_STALE_MILLIS = 30_000

const entryPoints = {
  start: 'src/index.ts',
  ...entriesOf('src/instrumentations', 'instrumentations'),
  ...entriesOf('src/parts', 'parts'),
  ...entriesOf('src/upstream/parts', 'upstream/parts'),
  ...entriesOf('src/plutus/parts', 'plutus/parts'),
}
// Hardly a process that sends something does without these, be it that it sends but its own start and end.
const SOON = [
  'parts/process-records',
  'parts/redaction',
  'plutus/parts/works',
  'plutus/parts/export',
  'plutus/parts/metrics',
]
// Threads of their own: they share nothing with the rest, and get nothing that they do not need.
const exportWorker = { 'export-worker': 'src/plutus/export-worker.ts' }
const loaderThread = { 'loader-thread': 'src/hooks/loader-thread.ts' }

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
const quietShimmer = ({ rewrite }: Barrels): Plugin => ({
  name: 'quiet-shimmer',
  setup: (bundler) => {
    bundler.onLoad({ filter: /@opentelemetry[/\\]instrumentation[/\\]dist[/\\]shimmer\.mjs$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8')
      const quiet = source.replace(
        'let logger = console.error.bind(console)',
        'import { diag } from "@opentelemetry/api"\nlet logger = (line) => diag.debug(line)',
      )
      if (quiet === source) throw new Error(`${path} no longer has the logger that is replaced`)
      return { contents: rewrite(quiet, path) }
    })
  },
})

// In the sources a file is loaded by its name; here the pieces of the bundle load each other.
const ownFiles: Plugin = {
  name: 'own-files',
  setup: (bundler) => {
    bundler.onLoad({ filter: /[/\\]otel-register[/\\]src[/\\]own-files\.ts$/ }, () => ({
      contents: `export const loadFile = (name) => $load(name)
export const findFile = (name) => require('node:url').pathToFileURL(require('node:path').join(__dirname, name))`,
    }))
  },
}

// The loggers make a redactor of their own where no hook gives them one, and few services have a file of rules.
const lateRedactor: Plugin = {
  name: 'late-redactor',
  setup: (bundler) => {
    bundler.onResolve({ filter: /[/\\]redaction[/\\]src[/\\](?:redactor|own-rules-file)\.ts$/ }, ({ importer, path }) =>
      /[/\\]events[/\\]src[/\\](?:settings|redaction-policy)\.ts$/.test(importer)
        ? { path: path.endsWith('redactor.ts') ? 'createRedactor' : 'parseOwnRules', namespace: 'late' }
        : undefined,
    )
    bundler.onLoad({ filter: /.*/, namespace: 'late' }, ({ path: name }) => ({
      contents: `import { loadFile } from ${JSON.stringify(join(ROOM, 'src/own-files.ts'))}
export const ${name} = (given) => loadFile('parts/redaction').${name}(given)`,
      resolveDir: ROOM,
    }))
  },
}

const barrels = createBarrels(ROOM)
const shared: BuildOptions = {
  absWorkingDir: ROOM,
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node22',
  mainFields: ['module', 'main'],
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [moduleHooks, quietShimmer(barrels), ownFiles, lateRedactor, barrels.plugin],
}
const split = await build({
  ...shared,
  entryPoints,
  splitting: true,
  format: 'esm',
  chunkNames: '[name]-[hash]',
  metafile: true,
  write: false,
})
const alone = { minifyWhitespace: true, lineLimit: LINE_LIMIT, metafile: true, write: false } as const
const packed = await packParts(
  { files: split.outputFiles, metafile: split.metafile, room: ROOM, dist: DIST },
  'start',
  Object.keys(entryPoints),
  SOON,
)
const worker = await build({
  ...shared,
  ...alone,
  entryPoints: exportWorker,
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
})
const loader = await build({ ...shared, ...alone, entryPoints: loaderThread, format: 'esm' })

await publish([
  ...packed,
  ...worker.outputFiles.map(({ path, text }): [string, string] => [relative(DIST, path), keepClosuresYoung(text)]),
  ...loader.outputFiles.map(({ path, text }): [string, string] => [relative(DIST, path), text]),
  ['THIRD-PARTY-NOTICES.txt', writeNotices([split.metafile, worker.metafile, loader.metafile], ROOM)],
])
console.log(describe(packed))

function entriesOf(folder: string, out: string): Record<string, string> {
  const files = globSync(`${folder}/*.ts`, { cwd: ROOM }).filter((file) => !file.endsWith('.test.ts'))
  return Object.fromEntries(files.sort().map((file) => [`${out}/${basename(file, '.ts')}`, file]))
}

/**
 * Puts the files in place one by one, each in one step, the start's last. Two builds at once take turns.
 */
async function publish(texts: readonly (readonly [string, string])[]): Promise<void> {
  const files = new Map(texts.map(([name, text]) => [join(DIST, name), text]))
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

function replaceFile(path: string, contents: string): void {
  const bytes = Buffer.from(contents)
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

function describe(files: ReadonlyMap<string, string>): string {
  const start = files.get('start.cjs') ?? ''
  const all = [...files.values()].reduce((sum, text) => sum + text.length, 0)
  return `packages/otel-register/dist: ${files.size} files, ${kB(all)}; loaded at start: ${kB(start.length)}`
}

function kB(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`
}
