import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { NODES, runProgram, startReceiver } from '@plutus/test-kit'
import type { ProgramOptions } from '@plutus/test-kit'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

// Packs every published package as the registry would get it, has publint and attw look at the tarballs,
// then installs them with npm into an empty project and runs a program under the hook there.

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const SHELL = process.platform === 'win32' // npm and pnpm are .cmd files there
// Plutus ships ES modules only: CommonJS callers on the oldest supported Node load them by `require` too.
const ACCEPTED_BY_DESIGN = new Set(['CJSResolvesToESM'])

interface Tarball {
  readonly name: string
  readonly folder: string
  readonly path: string
}

const work = mkdtempSync(join(tmpdir(), 'plutus-pack-'))
try {
  const tarballs = packAll()
  const problems = (await Promise.all(tarballs.map(inspect))).flat()
  problems.push(...(await runInstalled(tarballs)))
  for (const problem of problems) console.error(problem)
  console.log(`pack:check: ${tarballs.length} packages, ${problems.length} problems`)
  process.exitCode = problems.length === 0 ? 0 : 1
} finally {
  rmSync(work, { recursive: true, force: true })
}

function packAll(): Tarball[] {
  return readdirSync(join(ROOT, 'packages')).flatMap((room) => {
    const folder = join(ROOT, 'packages', room)
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      name: string
      private?: boolean
    }
    if (manifest.private === true) return []
    const into = join(work, 'tarballs', room)
    mkdirSync(into, { recursive: true })
    execFileSync('pnpm', ['pack', '--pack-destination', into], { cwd: folder, stdio: 'pipe', shell: SHELL })
    const file = readdirSync(into).find((name) => name.endsWith('.tgz'))
    if (file === undefined) throw new Error(`pnpm pack left no tarball for ${manifest.name}`)
    return [{ name: manifest.name, folder, path: join(into, file) }]
  })
}

async function inspect({ name, folder, path }: Tarball): Promise<string[]> {
  const data = readFileSync(path)
  const bytes = new Uint8Array(data).buffer
  const linted = await publint({ level: 'suggestion', strict: true, pack: { tarball: bytes } })
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>
  const fromPublint = linted.messages.map(
    (message) => `${name}: publint: ${formatMessage(message, manifest) ?? message.code}`,
  )
  const types = await checkPackage(createPackageFromTarballData(new Uint8Array(data)))
  if (types.types === false) return [...fromPublint, `${name}: attw: the package has no types`]
  const fromAttw = types.problems
    .filter((problem) => !ACCEPTED_BY_DESIGN.has(problem.kind))
    // `node10` knows no export maps; every supported Node does.
    .filter((problem) => !('resolutionKind' in problem && problem.resolutionKind === 'node10'))
    .map((problem) => `${name}: attw: ${problem.kind}`)
  return [...fromPublint, ...new Set(fromAttw)]
}

async function runInstalled(tarballs: readonly Tarball[]): Promise<string[]> {
  const project = join(work, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'shop', version: '1.2.3', private: true }))
  const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...tarballs.map(({ path }) => path)]
  execFileSync('npm', install, { cwd: project, stdio: 'pipe', shell: SHELL })
  const body = `http.createServer((request, response) => {
    business.paymentAttempt({ 'payment.id': 'p1', 'payment.amount': 1234, 'payment.currency': 'EUR' })
    response.end('ok')
  }).listen(0, '127.0.0.1', function () {
    http.get({ port: this.address().port, path: '/paid' }, (response) => response.resume().on('end', () => this.close()))
  })`
  writeFileSync(
    join(project, 'app.cjs'),
    `const http = require('node:http')\nconst { business } = require('@plutus/events')\n${body}\n`,
  )
  writeFileSync(
    join(project, 'app.mjs'),
    `import http from 'node:http'\nimport { business } from '@plutus/events'\n${body}\n`,
  )
  const problems: string[] = []
  for (const node of NODES) {
    for (const hook of ['require', 'import'] as const) {
      for (const file of ['app.cjs', 'app.mjs']) {
        const problem = await runOne({ node, hook, file: join(project, file), cwd: project })
        if (problem !== undefined) problems.push(`npm install, Node ${node.version}, --${hook}, ${file}: ${problem}`)
      }
    }
  }
  console.log(`npm install of all tarballs: ${measureInstalled(project)}`)
  return problems
}

async function runOne(program: ProgramOptions): Promise<string | undefined> {
  const receiver = await startReceiver()
  try {
    const { code, stderr } = await runProgram({ ...program, receiver })
    const served = receiver.spans.filter((span) => span.kind === 'SERVER')
    const events = receiver.logs.filter((log) => log.eventName === 'payment.attempt')
    const isTold = events.length === 1 && events[0]?.traceId !== undefined && events[0].traceId === served[0]?.traceId
    const isNamed = served[0]?.resource['service.name'] === 'shop'
    if (code === 0 && served.length === 1 && isNamed && isTold) return undefined
    return `exit ${code}, ${served.length} server spans, ${events.length} events\n${stderr}`
  } finally {
    await receiver.close()
  }
}

/** How many packages an install brings, and how large they are. */
function measureInstalled(project: string): string {
  const files = readdirSync(join(project, 'node_modules'), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  const bytes = files.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
  const roots = files.filter(
    ({ name, parentPath }) => name === 'package.json' && /node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+$/.test(parentPath),
  )
  return `${roots.length} packages, ${(bytes / 1e6).toFixed(1)} MB`
}
