/** Where a file of an installed package lies. */
export interface PackageFile {
  /** Name of the package, for example `@redis/client`. */
  readonly packageName: string
  /** Folder of the package. */
  readonly baseDir: string
  /** Path below that folder, with slashes: `lib/client.js`. */
  readonly path: string
}

const FOLDER = '/node_modules/'

/**
 * Finds the package that a file belongs to, by the last `node_modules` on its path: hoisted, nested, pnpm's store and
 * Yarn's archives alike. `undefined` for a file outside of packages. Reads nothing from disk.
 *
 * @param location A path of this platform, or a path or URL with slashes.
 * @example findPackageFile('/app/node_modules/pg/lib/client.js') // { packageName: 'pg', path: 'lib/client.js', ... }
 */
export function findPackageFile(location: string): PackageFile | undefined {
  const slashed = location.includes('\\') && process.platform === 'win32' ? location.replaceAll('\\', '/') : location
  const at = slashed.lastIndexOf(FOLDER)
  if (at === -1) return undefined
  const start = at + FOLDER.length
  let end = slashed.indexOf('/', start)
  if (slashed.charCodeAt(start) === 64 /* @ */ && end !== -1) end = slashed.indexOf('/', end + 1)
  if (end === -1) return undefined
  return {
    packageName: slashed.slice(start, end),
    baseDir: location.slice(0, end),
    path: slashed.slice(end + 1),
  }
}
