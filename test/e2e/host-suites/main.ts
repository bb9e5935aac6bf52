// Runs test suites that libraries publish with their packages, without the hook and with it, and compares what fails:
//   node test/e2e/host-suites/main.ts [name…]
// It takes packages from the registry that npm is set up for, and minutes; so it is run by hand, before a release.
import { startReceiver } from '@plutus/test-kit'
import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compareRuns, readFailures } from './tap.ts'

interface Suite {
  readonly name: string
  readonly version: string
  /** Test files, as patterns below the package. */
  readonly files: readonly string[]
  /** For the run under the hook. */
  readonly env?: Readonly<Record<string, string>>
  /** Tests that look at what the hook is meant to change. */
  readonly meant?: readonly string[]
}

const SUITES: readonly Suite[] = [
  { name: 'light-my-request', version: '6.8.1', files: ['test/*.test.js'] },
  {
    name: 'pino',
    version: '10.4.0',
    files: ['test/*.test.js'],
    // Its tests compare whole lines, to which the instrumentation adds trace ids, as it should.
    env: { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'pino' },
  },
  {
    name: 'fastify',
    version: '5.12.8',
    // They count and print the hooks and plugins of an instance; the instrumentation adds hooks.
    meant: [
      'onRequest hook should support encapsulation / 2',
      'pretty print - empty plugins',
      'pretty print - includeMeta, includeHooks',
    ],
    files: [
      'test/*.test.js',
      'test/internals/*.test.js',
      'test/logger/*.test.js',
      'test/diagnostics-channel/*.test.js',
    ],
  },
]
const HOOK = fileURLToPath(new URL('../../../packages/otel-register/register.cjs', import.meta.url))
const MAX_MINUTES = 15
// A test that fails may leave its file waiting for ever.
const FILE_MILLIS = 120_000
// Pairs of test files at a time: a suite with time-outs of its own needs its turn.
const CONCURRENCY = 2

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', shell: process.platform === 'win32' })
}

/** Puts a package with its development dependencies where instrumentations look for it. */
function install({ name, version }: Suite, folder: string): string {
  const place = join(folder, 'node_modules', name)
  mkdirSync(place, { recursive: true })
  const tarball = npm(['pack', '--silent', `${name}@${version}`], folder).trim()
  execFileSync('tar', ['-xf', tarball, '-C', place, '--strip-components=1'], { cwd: folder })
  npm(['install', '--silent', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'], place)
  return place
}

/** Runs a suite and returns what failed, by name. */
async function run({ files }: Suite, cwd: string, env: NodeJS.ProcessEnv): Promise<ReadonlyMap<string, number>> {
  const args = [
    '--test',
    `--test-concurrency=${CONCURRENCY}`,
    `--test-timeout=${FILE_MILLIS}`,
    '--test-reporter=tap',
    ...files,
  ]
  return await new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: Infinity, timeout: MAX_MINUTES * 60_000 }
    execFile(process.execPath, args, options, (_error, stdout) => resolve(readFailures(stdout)))
  })
}

const wanted = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'plutus-host-suites-'))
const receiver = await startReceiver({ maxItems: 1000 })
try {
  for (const suite of SUITES.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    const place = install(suite, folder)
    const without = await run(suite, place, {})
    const requests = receiver.requests.length
    const underHook = await run(suite, place, {
      NODE_OPTIONS: `--require ${JSON.stringify(HOOK)}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.httpUrl,
      OTEL_LOG_LEVEL: 'error',
      PLUTUS_SPOOL_DIR: 'off',
      ...suite.env,
    })
    const { broken: all, verdict } = compareRuns(without, underHook, receiver.requests.length - requests)
    const broken = all.filter((name) => suite.meant?.includes(name) !== true)
    process.stdout.write(`${suite.name} ${suite.version}: ${verdict}\n`)
    for (const name of broken) process.stdout.write(`  only under the hook: ${name}\n`)
    if (broken.length > 0) process.exitCode = 1
  }
} finally {
  await receiver.close()
  rmSync(folder, { recursive: true, force: true })
}
