import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createGoProgram, goBuild } from './go-program.ts'

/** How long the first build on a machine may take. */
export const PROMTOOL_BUILD_MILLIS = 900_000

const PROGRAM = createGoProgram({
  name: 'promtool',
  cache: 'promtool/v0.314.0',
  // Without service discovery, which no test of rules needs: 1100 packages in place of 1333.
  args: goBuild('github.com/prometheus/prometheus/cmd/promtool', '-ldflags=-s -w', '-tags=remove_all_sd'),
  // Its version and all that it needs are pinned by the go.sum in that folder.
  cwd: fileURLToPath(new URL('../promtool/', import.meta.url)),
  env: { CGO_ENABLED: '0' },
  buildMillis: PROMTOOL_BUILD_MILLIS,
})

/** Prometheus' own tool, which runs tests of rules. */
export const promtool = {
  /** Why it cannot be used; empty if it can: it was built before, or there is Go to build it. */
  get reason(): string {
    return PROGRAM.reason
  },
  /** Whether it was built before. */
  get isBuilt(): boolean {
    return existsSync(PROGRAM.path)
  },
  /** Builds it if need be, which takes minutes the first time on a machine. */
  ensure: PROGRAM.ensure,
  /** Runs it in a folder; gives its exit code and all that it wrote. */
  run: async (args: readonly string[], folder: string): Promise<{ code: number; output: string }> => {
    try {
      const { stdout, stderr } = await promisify(execFile)(PROGRAM.path, args, { cwd: folder })
      return { code: 0, output: stdout + stderr }
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
      return { code, output: stdout + stderr }
    }
  },
}
