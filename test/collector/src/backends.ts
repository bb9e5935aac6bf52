import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

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

const SOURCES = fileURLToPath(new URL('../backends/', import.meta.url))
const FOLDER = fileURLToPath(new URL('../../../node_modules/.cache/collector-backends/1/', import.meta.url))
const SUFFIX = process.platform === 'win32' ? '.exe' : ''
const START_MILLIS = 60_000

const binaryOf = (name: keyof typeof PACKAGES): string => join(FOLDER, `${name}${SUFFIX}`)

/** Real backends, built with Go the first time. */
export const backends = {
  /** Why they cannot be used; empty if they can. */
  get reason(): string {
    if (Object.keys(PACKAGES).every((name) => existsSync(binaryOf(name as keyof typeof PACKAGES)))) return ''
    try {
      execFileSync('go', ['version'], { stdio: 'ignore' })
      return ''
    } catch {
      return 'no Go to build the backends with'
    }
  },
  /** Builds those that are missing. */
  ensure: async (): Promise<void> => {
    for (const name of Object.keys(PACKAGES) as (keyof typeof PACKAGES)[]) {
      if (!existsSync(binaryOf(name))) await build(name)
    }
  },
  /** Starts one on a free port; `args` gets `127.0.0.1:<port>` and a folder that is removed at the end. */
  start: async (
    name: keyof typeof PACKAGES,
    args: (address: string, folder: string) => readonly string[],
  ): Promise<Backend> => {
    const folder = mkdtempSync(join(tmpdir(), 'plutus-backend-'))
    const address = `127.0.0.1:${await findPort()}`
    const child = spawn(binaryOf(name), args(address, folder), { stdio: 'ignore' })
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

/** Builds into a folder of its own and moves the result, so that two builds at once do no harm. */
async function build(name: keyof typeof PACKAGES): Promise<void> {
  mkdirSync(FOLDER, { recursive: true })
  const folder = mkdtempSync(join(FOLDER, 'build-'))
  try {
    const made = join(folder, name)
    await promisify(execFile)('go', ['build', '-trimpath', '-buildvcs=false', '-o', made, PACKAGES[name]], {
      cwd: SOURCES,
      env: { ...process.env, CGO_ENABLED: '0' },
      timeout: BACKENDS_BUILD_MILLIS,
    })
    renameSync(made, binaryOf(name))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function findPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
