import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createGoProgram, findPorts, goBuild } from '@plutus/test-kit'
import type { GoProgram } from '@plutus/test-kit'

/** Programs that are backends, each by the package that it is built from. Their versions are pinned in `backends/go.mod`. */
const PACKAGES = {
  'victoria-logs': 'github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-logs',
  'victoria-metrics': 'github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics',
  gofakes3: 'github.com/johannesboyne/gofakes3/cmd/gofakes3',
} as const

/** A backend that runs. */
export interface Backend {
  readonly url: string
  readonly close: () => Promise<void>
}

/** How long the first builds on a machine may take. */
export const BACKENDS_BUILD_MILLIS = 900_000

const START_MILLIS = 60_000

const programOf = (name: keyof typeof PACKAGES): GoProgram =>
  createGoProgram({
    name,
    cache: 'collector-backends/1',
    args: goBuild(PACKAGES[name]),
    cwd: fileURLToPath(new URL('../backends/', import.meta.url)),
    env: { CGO_ENABLED: '0' },
    buildMillis: BACKENDS_BUILD_MILLIS,
  })
const PROGRAMS = {
  'victoria-logs': programOf('victoria-logs'),
  'victoria-metrics': programOf('victoria-metrics'),
  gofakes3: programOf('gofakes3'),
}

/** Real backends, built with Go the first time. */
export const backends = {
  /** Why they cannot be used; empty if they can. */
  get reason(): string {
    return Object.values(PROGRAMS).find(({ reason }) => reason !== '')?.reason ?? ''
  },
  /** Builds those that are missing. */
  ensure: async (): Promise<void> => {
    for (const program of Object.values(PROGRAMS)) await program.ensure()
  },
  /** Starts one on a free port; `args` gets `127.0.0.1:<port>` and a folder that is removed at the end. */
  start: async (
    name: keyof typeof PACKAGES,
    args: (address: string, folder: string) => readonly string[],
  ): Promise<Backend> => {
    const folder = mkdtempSync(join(tmpdir(), 'plutus-backend-'))
    const [port] = await findPorts(1)
    const address = `127.0.0.1:${port}`
    const child = spawn(PROGRAMS[name].path, args(address, folder), { stdio: 'ignore' })
    const exited = once(child, 'exit')
    const url = `http://${address}`
    const deadline = performance.now() + START_MILLIS
    while (
      !(await fetch(url).then(
        () => true,
        () => false,
      ))
    ) {
      if (child.exitCode !== null || performance.now() > deadline) throw new Error(`${name} did not start`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return {
      url,
      close: async () => {
        child.kill('SIGKILL')
        await exited
        rmSync(folder, { recursive: true, force: true })
      },
    }
  },
}
