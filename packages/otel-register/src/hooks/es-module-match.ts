import { findPackageFile } from './package-file.ts'

/** The wanted parts of modules, fit to be sent to another thread: name, and parts as the table has them. */
export type WantedParts = ReadonlyMap<string, readonly string[]>

/** A wanted ES module. */
export interface EsModuleMatch {
  readonly packageName: string
  /** The declared file, with slashes and the extension `.js`; `undefined` for what the name of the package imports. */
  readonly file: string | undefined
}

/**
 * Tells whether a resolved ES module is one that an instrumentation wants: what the bare name of its package imports,
 * or a declared file.
 *
 * @param url The resolved address.
 * @param specifier What the import says.
 */
export function matchEsModule(url: string, specifier: string, wanted: WantedParts): EsModuleMatch | undefined {
  if (!url.startsWith('file:')) return undefined
  const end = url.search(/[?#]/)
  const file = findPackageFile(end === -1 ? url : url.slice(0, end))
  if (file === undefined) return undefined
  const parts = wanted.get(file.packageName)
  if (parts === undefined) return undefined
  if (specifier === file.packageName) {
    return parts.includes('.') ? { packageName: file.packageName, file: undefined } : undefined
  }
  const path = file.path.replace(/\.mjs$/, '.js')
  return parts.includes(path) ? { packageName: file.packageName, file: path } : undefined
}
