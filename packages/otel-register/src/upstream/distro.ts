import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

/** Value of `telemetry.distro.name`. */
export const DISTRO_NAME = '@plutus/otel-register'

let version: string | undefined

/** Version of the installed package; read once, the bundle does not contain it. */
export function readDistroVersion(): string {
  version ??= readManifestVersion()
  return version
}

function readManifestVersion(): string {
  try {
    const manifest: unknown = JSON.parse(readFileSync(findPackageJSON('.', import.meta.url) ?? '', 'utf8'))
    if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version)
  } catch {
    // A package that was taken apart still works.
  }
  return 'unknown'
}
