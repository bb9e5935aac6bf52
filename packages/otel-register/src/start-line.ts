import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import type { InstrumentationSpec } from './instrumentation-table.ts'

const MAX_LISTED = 12
const MAX_PARENT_FOLDERS = 32

/** Names of the dependencies of the nearest `package.json` at or above a folder. */
export function readDependencies(folder: string): string[] {
  let current = folder
  for (let up = 0; up < MAX_PARENT_FOLDERS; up++) {
    try {
      const manifest = JSON.parse(readFileSync(join(current, 'package.json'), 'utf8')) as Record<string, unknown>
      const { dependencies, optionalDependencies } = manifest
      return Object.keys({ ...toObject(dependencies), ...toObject(optionalDependencies) })
    } catch {
      // None here, or none that can be read: the next one up.
    }
    const parent = dirname(current)
    if (parent === current) break
    current = parent
  }
  return []
}

/**
 * Tells in a few words which instrumentations will act: those of Node's own modules, and those of the application's
 * direct dependencies.
 *
 * @example describeInstrumentations(chosen, ['express', 'pg']) // 'http, http2, undici, express, pg'
 */
export function describeInstrumentations(
  chosen: readonly InstrumentationSpec[],
  dependencies: readonly string[],
): string {
  const installed = new Set(dependencies)
  const always: string[] = []
  const used: string[] = []
  for (const { name, modules, waitsFor, broughtBy } of chosen) {
    const names = Object.keys(modules)
    if (waitsFor === 'fetch' || names.some((module) => isBuiltin(module))) always.push(name)
    else if (
      names.some((module) => installed.has(module)) ||
      dependencies.some((dependency) => broughtBy?.test(dependency))
    )
      used.push(name)
  }
  const all = [...always, ...used]
  if (all.length === 0) return 'nothing'
  const more = all.length - MAX_LISTED
  return all.slice(0, MAX_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function toObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}
