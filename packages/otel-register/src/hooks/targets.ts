import type { InstrumentationSpec } from '../instrumentation-table.ts'
import type { PackageFile } from './package-file.ts'

/** A module that instrumentations wait for. */
export interface Target {
  readonly name: string
  /** Whether what its name imports is wanted. */
  readonly hasMain: boolean
  /** Files inside the package that are wanted, with slashes and the extension `.js`. */
  readonly files: ReadonlySet<string>
  /** The instrumentations that wait for it. */
  readonly specs: readonly InstrumentationSpec[]
}

/** Modules that instrumentations wait for, by name. */
export type Targets = ReadonlyMap<string, Target>

/** Turns the table round: from module to the instrumentations that wait for it. */
export function createTargets(specs: readonly InstrumentationSpec[]): Targets {
  const targets = new Map<
    string,
    { name: string; hasMain: boolean; files: Set<string>; specs: InstrumentationSpec[] }
  >()
  for (const spec of specs) {
    for (const [name, parts] of Object.entries(spec.modules)) {
      const target = targets.get(name) ?? { name, hasMain: false, files: new Set(), specs: [] }
      targets.set(name, target)
      target.specs.push(spec)
      for (const part of parts) {
        if (part === '.') target.hasMain = true
        else target.files.add(part)
      }
    }
  }
  return targets
}

/** The path of a file as instrumentations name it: builds as `.cjs` or `.mjs` are known by their `.js`. */
export function declaredPath(file: PackageFile): string {
  return file.path.replace(/\.[cm]js$/, '.js')
}
