import { parse, sep } from 'node:path'
import { types } from 'node:util'

/** Changes the exports of a loaded module; what it returns takes their place. */
export type Patch = (exports: unknown, name: string, baseDir?: string) => unknown

/** A module that has just been loaded, for the patches that ask for it. */
export interface LoadedModule {
  /** Name of its package, or of the built-in module without `node:`. */
  readonly name: string
  /** File below the package's folder, with slashes and the extension `.js`; `undefined` for what the name alone imports. */
  readonly file: string | undefined
  /** Folder of the package; `undefined` for a built-in module. */
  readonly baseDir: string | undefined
}

const forAnyRequire: Patch[] = []
const forRequiredFile = new Map<string, Patch[]>()
const forImport = new Map<string, Patch[]>()

/** Registers a patch for CommonJS and built-in modules: for all that are offered, or for files by their absolute path. */
export function addRequirePatch(files: readonly string[] | null, patch: Patch): void {
  if (files === null) forAnyRequire.push(patch)
  else for (const file of files) addTo(forRequiredFile, file, patch)
}

/** Registers a patch for ES modules by the name of their package, or by their absolute path. */
export function addImportPatch(names: readonly string[], patch: Patch): void {
  for (const name of names) addTo(forImport, name, patch)
}

/** Whether an instrumentation asks for a file by its absolute path, as the one of AWS Lambda does. */
export function isFileWanted(filename: string): boolean {
  return forRequiredFile.has(filename)
}

/** Runs the patches for a CommonJS or built-in module and returns its exports from now on. Throws what a patch throws. */
export function patchRequired(exports: unknown, module: LoadedModule): unknown {
  const { name, file, baseDir } = module
  const asked = file === undefined ? name : [name, ...file.split('/')].join(sep)
  return forAnyRequire.reduce((current, patch) => patch(current, asked, baseDir), exports)
}

/** Runs the patches that ask for a CommonJS file by its absolute path. Throws what a patch throws. */
export function patchRequiredFile(exports: unknown, filename: string): unknown {
  const { name, dir } = parse(filename)
  return (forRequiredFile.get(filename) ?? []).reduce((current, patch) => patch(current, name, dir), exports)
}

/**
 * Runs the patches for an ES module on its namespace, whose members they assign. Throws what a patch throws.
 * A patch that returns another value replaces the default export, where there is one.
 */
export function patchImported(namespace: Record<string, unknown>, module: LoadedModule): void {
  const { name, file, baseDir } = module
  const asked = file === undefined ? name : [name, ...file.split('/')].join(sep)
  for (const patch of forImport.get(name) ?? []) replaceDefault(namespace, patch(namespace, asked, baseDir))
}

/** Runs the patches that ask for an ES module by its absolute path. Throws what a patch throws. */
export function patchImportedFile(namespace: Record<string, unknown>, filename: string): void {
  for (const patch of forImport.get(filename) ?? []) replaceDefault(namespace, patch(namespace, filename))
}

/**
 * The namespace of an ES module is frozen; this is an object that looks like it and follows it, whose members can be
 * assigned. Whoever got the module by `require` gets this in its place. `undefined` for anything but a namespace.
 */
export function openNamespace(namespace: unknown): Record<string, unknown> | undefined {
  if (!types.isModuleNamespaceObject(namespace)) return undefined
  const source = namespace as Record<string, unknown>
  const open: Record<string, unknown> = Object.create(null)
  for (const key of Object.keys(source)) {
    Object.defineProperty(open, key, {
      configurable: true,
      enumerable: true,
      get: () => source[key],
      set: (value: unknown) => {
        Object.defineProperty(open, key, { configurable: true, enumerable: true, writable: true, value })
      },
    })
  }
  return Object.defineProperty(open, Symbol.toStringTag, { value: 'Module' })
}

function replaceDefault(namespace: Record<string, unknown>, result: unknown): void {
  if (result !== undefined && result !== null && result !== namespace && 'default' in namespace) {
    namespace['default'] = result
  }
}

function addTo(map: Map<string, Patch[]>, key: string, patch: Patch): void {
  const patches = map.get(key)
  if (patches === undefined) map.set(key, [patch])
  else patches.push(patch)
}
