import { readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'

/** What the package that the application is in says about it. */
export interface MainPackage {
  readonly name?: string
  readonly version?: string
}

const MAX_PARENT_FOLDERS = 32
const IN_NODE_MODULES = `${sep}node_modules${sep}`

/**
 * Finds the `package.json` next to or above the program, or above the working directory if the program is none of the
 * application's own files: a tool in `node_modules` runs it, or there is no file.
 *
 * @param program absolute path of the entry file, `process.argv[1]`.
 */
export function findMainPackage(program: string | undefined, workingDirectory: string): MainPackage {
  const own = program !== undefined && !program.includes(IN_NODE_MODULES)
  let folder = own ? dirname(program) : workingDirectory
  for (let up = 0; up < MAX_PARENT_FOLDERS; up++) {
    const found = readPackage(join(folder, 'package.json'))
    if (found !== undefined) return found
    const parent = dirname(folder)
    if (parent === folder) break
    folder = parent
  }
  return {}
}

/** A package without a name, as folders have it that only say `"type": "module"`, is not the one that is meant. */
function readPackage(path: string): MainPackage | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof found !== 'object' || found === null || !('name' in found) || typeof found.name !== 'string')
      return undefined
    const version = 'version' in found && typeof found.version === 'string' ? found.version : undefined
    return version === undefined ? { name: found.name } : { name: found.name, version }
  } catch {
    return undefined
  }
}
