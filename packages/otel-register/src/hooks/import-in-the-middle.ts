import { addImportPatch } from './patches.ts'
import type { Patch } from './patches.ts'

/**
 * Stands in for the package `import-in-the-middle` where upstream's base class calls this with `new` to register its
 * patches. The hook itself uses the package, for the few ES modules that an instrumentation asks for.
 */
export function Hook(modules: readonly string[], _options: unknown, onImport: Patch): void {
  addImportPatch(modules, onImport)
}
