import { addRequirePatch } from './patches.ts'
import type { Patch } from './patches.ts'

/**
 * Stands in for the package `require-in-the-middle` inside the bundle: upstream's base class calls this with `new` and so
 * registers its patches, and the hook decides when they run. The package itself wraps every `require` of the process.
 */
export function Hook(modules: readonly string[] | null, _options: unknown, onRequire: Patch): void {
  addRequirePatch(modules, onRequire)
}
