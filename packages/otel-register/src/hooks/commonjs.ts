import Module, { createRequire } from 'node:module'
import { join } from 'node:path'
import { keepName } from './keep-name.ts'
import type { ModuleHost } from './module-host.ts'
import { findPackageFile } from './package-file.ts'
import type { PackageFile } from './package-file.ts'
import { isFileWanted, openNamespace, patchImported, patchRequired, patchRequiredFile } from './patches.ts'
import { hasVersion, NO_VERSION } from './package-version.ts'
import { declaredPath } from './targets.ts'
import type { Target } from './targets.ts'

/** A CommonJS module as Node's loader sees it. */
interface LoadingModule {
  readonly id: unknown
  exports: unknown
}
type Load = (this: LoadingModule, filename: string) => void
type LoadExtension = (this: unknown, module: LoadingModule, filename: string) => void
interface ModuleInternals {
  readonly _extensions: Record<string, LoadExtension | undefined>
  readonly _cache: Record<string, unknown>
  readonly prototype: { load: Load }
}

const internals = Module as unknown as ModuleInternals
const SOURCE_EXTENSIONS = ['.js', '.cjs', '.mjs']
const SOURCE_FILE = /\.[cm]?js$/
const patched = new WeakSet()

/** Whether an object is the exports of a CommonJS module that patches were offered. */
export function isPatchedRequired(exports: unknown): boolean {
  return typeof exports === 'object' || typeof exports === 'function' ? exports !== null && patched.has(exports) : false
}

/** Names of the wanted modules of which files have been loaded as CommonJS already. */
export function listLoadedTargets(host: ModuleHost): string[] {
  const names = new Set<string>()
  for (const filename of Object.keys(internals._cache)) {
    const name = findPackageFile(filename)?.packageName
    if (name !== undefined && host.targets.has(name)) names.add(name)
  }
  return [...names]
}

/**
 * Has every wanted CommonJS module patched when its file has been executed, however it was asked for.
 *
 * Node's loader ends every road to a file, `require`, `createRequire`, `import` of CommonJS, with `module.load(filename)`.
 * Reading `load` is the moment to look at the module's path; an unwanted one gets Node's own function, so no call stack
 * has a frame of ours and no `require` pays.
 */
export function watchCommonJs(host: ModuleHost): void {
  const { prototype } = internals
  const enumerable = Object.prototype.propertyIsEnumerable.call(prototype, 'load')
  let load = prototype.load
  keepName(load, 'load')
  Object.defineProperty(prototype, 'load', {
    configurable: true,
    enumerable,
    get(this: LoadingModule) {
      try {
        if (typeof this.id === 'string') prepareLoad(this, this.id, host)
      } catch (error) {
        host.refuse(String(this.id), error)
      }
      return load
    },
    set(this: LoadingModule, value: Load) {
      if ((this as unknown) === prototype) load = value
      else Object.defineProperty(this, 'load', { configurable: true, enumerable: true, writable: true, value })
    },
  })
}

function prepareLoad(module: LoadingModule, filename: string, host: ModuleHost): void {
  const file = findPackageFile(filename)
  const target = file === undefined ? undefined : host.targets.get(file.packageName)
  if (file === undefined || target === undefined) {
    if (isFileWanted(filename))
      afterExecution(module, (exports) => patchRequiredFile(exports, filename), filename, host)
    return
  }
  if (!SOURCE_FILE.test(filename)) return
  const part = partOf(file, filename, target)
  if (part === undefined) return
  const { name } = target
  const loaded = { name, file: part === '.' ? undefined : part, baseDir: file.baseDir }
  const patch = (exports: unknown): unknown => {
    if (!hasVersion(file.baseDir)) {
      host.refuse(name, NO_VERSION)
      return exports
    }
    host.prepare(target)
    const open = openNamespace(exports)
    if (open === undefined) return patchRequired(exports, loaded)
    patchImported(open, loaded)
    return open
  }
  afterExecution(module, patch, name, host)
}

/**
 * Replaces the handler of the file's extension for the one call that `load` is about to make. There and not after `load`,
 * because at its end Node keeps the exports for whoever imports the module as an ES module.
 */
function afterExecution(
  module: LoadingModule,
  patch: (exports: unknown) => unknown,
  name: string,
  host: ModuleHost,
): void {
  const extensions = internals._extensions
  const restores: (() => void)[] = []
  for (const extension of SOURCE_EXTENSIONS) {
    const execute = extensions[extension]
    if (execute === undefined) continue
    const executeAndPatch: LoadExtension = function (this: unknown, loading, filename) {
      for (const restore of restores.splice(0)) restore()
      execute.call(this, loading, filename)
      if (loading !== module) return
      try {
        module.exports = patch(module.exports)
        if (module.exports !== null && /^(?:object|function)$/.test(typeof module.exports)) {
          patched.add(module.exports as object)
        }
      } catch (error) {
        host.refuse(name, error)
      }
    }
    extensions[extension] = executeAndPatch
    restores.push(() => {
      if (extensions[extension] === executeAndPatch) extensions[extension] = execute
    })
  }
}

/** `.` for what the name of the package gives to `require`, else the declared file; `undefined` if neither is wanted. */
function partOf(file: PackageFile, filename: string, target: Target): string | undefined {
  if (target.hasMain && mainOf(file) === filename) return '.'
  const path = declaredPath(file)
  return target.files.has(path) ? path : undefined
}

const mains = new Map<string, string | undefined>()

function mainOf({ packageName, baseDir }: PackageFile): string | undefined {
  if (!mains.has(baseDir)) {
    try {
      mains.set(baseDir, createRequire(join(baseDir, 'package.json')).resolve(packageName))
    } catch {
      mains.set(baseDir, undefined) // a package without an entry of its own, such as one of types
    }
  }
  return mains.get(baseDir)
}
