import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Why a package without a version stays as it is. */
export const NO_VERSION = 'its package.json does not tell a version'

const found = new Map<string, boolean>()

/** Whether the manifest of a package can be read and tells its version, without which nothing can be patched safely. */
export function hasVersion(baseDir: string): boolean {
  let has = found.get(baseDir)
  if (has === undefined) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(join(baseDir, 'package.json'), 'utf8'))
      has = typeof manifest === 'object' && manifest !== null && 'version' in manifest && manifest.version !== ''
    } catch {
      has = false
    }
    found.set(baseDir, has)
  }
  return has
}
