import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Absolute path of the repository. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** The parts of a `package.json` that the rules here look at. */
export interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** Reads a `package.json` of the repository. */
export function readManifest(...path: readonly string[]): Manifest {
  return JSON.parse(readFileSync(join(ROOT, ...path, 'package.json'), 'utf8')) as Manifest
}

/** Names of the rooms: the folders of `packages/`. */
export function listRooms(): string[] {
  return readdirSync(join(ROOT, 'packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
}

const tracked = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(ROOT, path)))
  .sort()

/** Paths of the files that git knows or would add, relative to the repository, with `/` between their parts. */
export function listFiles(): readonly string[] {
  return tracked
}

/** Paths of the sources below a folder. */
export function listSources(folder: string, endings = /\.[cm]?[jt]s$/): string[] {
  return tracked.filter((path) => path.startsWith(`${folder}/`) && endings.test(path))
}

/** Text of a file, by its path relative to the repository. */
export function readSource(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}
