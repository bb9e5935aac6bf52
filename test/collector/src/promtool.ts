import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

// Its version and all that it needs are pinned by the go.sum in this folder.
const SOURCES = fileURLToPath(new URL('../promtool/', import.meta.url))
const PACKAGE = 'github.com/prometheus/prometheus/cmd/promtool'
const VERSION = 'v0.314.0'
const FOLDER = fileURLToPath(new URL(`../../../node_modules/.cache/promtool/${VERSION}/`, import.meta.url))
const NAME = process.platform === 'win32' ? 'promtool.exe' : 'promtool'
const BINARY = join(FOLDER, NAME)

/** How long the first build on a machine may take. */
export const PROMTOOL_BUILD_MILLIS = 900_000

/** Prometheus' own tool, which runs tests of rules. */
export const promtool = {
  /** Why it cannot be used; empty if it can: it was built before, or there is Go to build it. */
  get reason(): string {
    if (existsSync(BINARY)) return ''
    try {
      execFileSync('go', ['version'], { stdio: 'ignore' })
      return ''
    } catch {
      return 'no Go to build promtool with'
    }
  },
  /** Builds it if need be, which takes minutes the first time on a machine. */
  ensure: async (): Promise<void> => {
    if (!existsSync(BINARY)) await build()
  },
  /** Runs it in a folder; gives its exit code and all that it wrote. */
  run: async (args: readonly string[], folder: string): Promise<{ code: number; output: string }> => {
    try {
      const { stdout, stderr } = await promisify(execFile)(BINARY, args, { cwd: folder })
      return { code: 0, output: stdout + stderr }
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
      return { code, output: stdout + stderr }
    }
  },
}

/** Builds into a folder of its own and moves the result, so that two builds at once do no harm. */
async function build(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true })
  const folder = mkdtempSync(join(FOLDER, 'build-'))
  try {
    // Without service discovery, which no test of rules needs: 1100 packages in place of 1333.
    const flags = ['-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-tags=remove_all_sd']
    await promisify(execFile)('go', ['build', ...flags, '-o', join(folder, NAME), PACKAGE], {
      cwd: SOURCES,
      env: { ...process.env, CGO_ENABLED: '0' },
      timeout: PROMTOOL_BUILD_MILLIS,
    })
    renameSync(join(folder, NAME), BINARY)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
