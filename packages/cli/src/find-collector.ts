import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import type { CliIo } from './cli-io.ts'
import { CommandError } from './read-policy.ts'

const SUFFIX = process.platform === 'win32' ? '.exe' : ''
const OURS = `otelcol-plutus${SUFFIX}`
const STOCK = `otelcol-contrib${SUFFIX}`

/**
 * The collector to run: the one that is named, else ours from its npm package, else ours or the stock one on the path.
 *
 * @throws {CommandError} if there is none.
 */
export function findCollector(named: string | undefined, { env }: CliIo): string {
  if (named !== undefined) {
    if (!isProgram(named)) throw new CommandError(`${named} is no program that can be run`)
    return named
  }
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const onPath = [OURS, STOCK].flatMap((name) => folders.map((folder) => join(folder, name)))
  const found = [...inPackage(), ...onPath].find(isProgram)
  if (found !== undefined) return found
  throw new CommandError(
    `there is no collector: install @plutus/otelcol-${process.platform}-${process.arch}, put ${OURS} or ${STOCK} on the path, or name one by --collector`,
  )
}

function inPackage(): readonly string[] {
  try {
    const manifest = createRequire(import.meta.url).resolve(
      `@plutus/otelcol-${process.platform}-${process.arch}/package.json`,
    )
    return [join(dirname(manifest), 'bin', OURS)]
  } catch {
    return [] // it is not installed
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
