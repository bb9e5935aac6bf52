import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** The collector that Plutus ships, as a file of this checkout. */
export interface CollectorBinary {
  /** Where it is, or will be. */
  readonly path: string
  /** Why it cannot be used; empty if it can: it is there, or there is Go to build it. */
  readonly reason: string
  /** Builds it if it is missing or its sources have changed, and gives its path. The first time takes minutes. */
  readonly ensure: () => Promise<string>
}

/** A platform that the collector is built for, as Go names it. */
export interface Target {
  readonly os: string
  readonly arch: string
}

const FOLDER = fileURLToPath(new URL('../', import.meta.url))
const BIN = join(FOLDER, 'bin')
const STAMP = join(BIN, 'sources.sha256')
const SOURCES = ['main.go', 'main_others.go', 'main_windows.go', 'components.go', 'go.mod', 'go.sum']
const BUILD_MILLIS = 3_600_000
const NAME = 'otelcol-plutus'

const path = join(BIN, process.platform === 'win32' ? `${NAME}.exe` : NAME)
let built: Promise<string> | undefined

/** The collector for this machine. */
export const collectorBinary: CollectorBinary = {
  path,
  get reason() {
    if (isFresh()) return ''
    try {
      execFileSync('go', ['version'], { stdio: 'ignore' })
      return ''
    } catch {
      return 'no Go to build otelcol-plutus with'
    }
  },
  ensure: async () => await (built ??= ensureBuilt()),
}

/**
 * Builds the collector, for this machine or another, by plain `go build`: the same sources give the same bytes. The result
 * is moved into place when it is whole, so that two builds at once do no harm.
 */
export async function buildCollector(file: string, target?: Target): Promise<void> {
  mkdirSync(BIN, { recursive: true })
  const folder = mkdtempSync(join(BIN, 'build-'))
  try {
    const made = join(folder, NAME)
    // No C compiler, no paths and no version control in what comes out.
    const flags = ['-trimpath', '-buildvcs=false', '-ldflags=-s -w']
    const platform = target === undefined ? {} : { GOOS: target.os, GOARCH: target.arch }
    await promisify(execFile)('go', ['build', ...flags, '-o', made, '.'], {
      cwd: FOLDER,
      env: { ...process.env, CGO_ENABLED: '0', ...platform },
      timeout: BUILD_MILLIS,
    })
    renameSync(made, file)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function ensureBuilt(): Promise<string> {
  if (isFresh()) return path
  const sources = hashSources()
  await buildCollector(path)
  writeFileSync(STAMP, sources)
  return path
}

function isFresh(): boolean {
  return existsSync(path) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hashSources()
}

function hashSources(): string {
  const hash = createHash('sha256')
  for (const name of SOURCES) hash.update(readFileSync(join(FOLDER, name)))
  return hash.digest('hex')
}
