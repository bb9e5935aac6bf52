import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** What a program is built from. */
export interface GoProgramOptions {
  readonly name: string
  /** Where it is kept, below the cache of the repository: another place for another version. */
  readonly cache: string
  /** Arguments of `go` that put the program, under the name `file`, into `folder`, which is its `GOBIN`. */
  readonly args: (folder: string, file: string) => readonly string[]
  /** Folder to build in. @defaultValue that of this process */
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** How long the first build on a machine may take. */
  readonly buildMillis: number
}

/** A program that is built with Go the first time that somebody needs it, and kept. */
export interface GoProgram {
  readonly path: string
  /** Why it cannot be used; empty if it can: it was built before, or there is Go to build it. */
  readonly reason: string
  /** Builds it if need be. */
  readonly ensure: () => Promise<void>
}

const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/', import.meta.url))
const SUFFIX = process.platform === 'win32' ? '.exe' : ''

/** Arguments of `go` that build a package, the same wherever it is built. */
export function goBuild(packagePath: string, ...flags: readonly string[]): GoProgramOptions['args'] {
  return (folder, file) => ['build', '-trimpath', '-buildvcs=false', ...flags, '-o', `${folder}/${file}`, packagePath]
}

/** Says how a program is built, and builds nothing yet. */
export function createGoProgram({ name, cache, args, cwd, env, buildMillis }: GoProgramOptions): GoProgram {
  const home = join(CACHE, cache)
  const file = `${name}${SUFFIX}`
  const path = join(home, file)
  return {
    path,
    get reason(): string {
      if (existsSync(path)) return ''
      try {
        execFileSync('go', ['version'], { stdio: 'ignore' })
        return ''
      } catch {
        return `no Go to build ${name} with`
      }
    },
    ensure: async () => {
      if (existsSync(path)) return
      // In a folder of its own and moved from there, so that two builds at once do no harm.
      mkdirSync(home, { recursive: true })
      const folder = mkdtempSync(join(home, 'build-'))
      try {
        await promisify(execFile)('go', args(folder, file), {
          cwd,
          env: { ...process.env, GOBIN: folder, ...env },
          timeout: buildMillis,
        })
        renameSync(join(folder, file), path)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  }
}
