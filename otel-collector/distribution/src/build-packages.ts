import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildCollector } from './build-collector.ts'

/** A platform that a package is made for: as npm names it, and as Go does. */
interface Platform {
  readonly os: NodeJS.Platform
  readonly arch: NodeJS.Architecture
  readonly go: { readonly os: string; readonly arch: string }
}

const FOLDER = fileURLToPath(new URL('../', import.meta.url))
const ROOT = join(FOLDER, '../..')
const PLATFORMS: readonly Platform[] = [
  { os: 'linux', arch: 'x64', go: { os: 'linux', arch: 'amd64' } },
  { os: 'linux', arch: 'arm64', go: { os: 'linux', arch: 'arm64' } },
  { os: 'darwin', arch: 'x64', go: { os: 'darwin', arch: 'amd64' } },
  { os: 'darwin', arch: 'arm64', go: { os: 'darwin', arch: 'arm64' } },
  { os: 'win32', arch: 'x64', go: { os: 'windows', arch: 'amd64' } },
  { os: 'win32', arch: 'arm64', go: { os: 'windows', arch: 'arm64' } },
]

/**
 * Makes `@plutus/otelcol-<os>-<arch>` in `npm/`, each with the binary inside, and gives their folders. Without names, all.
 *
 * @throws {Error} if a name is of no platform.
 */
export async function buildPackages(names: readonly string[]): Promise<readonly string[]> {
  const chosen = names.length === 0 ? PLATFORMS.map(nameOf) : names
  const { version } = JSON.parse(readFileSync(join(ROOT, 'packages/cli/package.json'), 'utf8')) as { version: string }
  const folders: string[] = []
  for (const name of chosen) {
    const platform = PLATFORMS.find((one) => nameOf(one) === name)
    if (platform === undefined) {
      throw new Error(`${name} is no platform of the collector; use ${PLATFORMS.map(nameOf).join(', ')}`)
    }
    folders.push(await buildPackage(platform, version))
  }
  return folders
}

async function buildPackage(platform: Platform, version: string): Promise<string> {
  const { os, arch, go } = platform
  const name = `@plutus/otelcol-${nameOf(platform)}`
  const folder = join(FOLDER, 'npm', nameOf(platform))
  const binary = `bin/otelcol-plutus${os === 'win32' ? '.exe' : ''}`
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'bin'), { recursive: true })
  await buildCollector(join(folder, binary), go)
  chmodSync(join(folder, binary), 0o755)
  copyFileSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'))
  writeFileSync(
    join(folder, 'README.md'),
    `# ${name}\n\nThe OpenTelemetry Collector that Plutus renders its policy for, for ${os} on ${arch}.\n` +
      '`plutus collector run` of `@plutus/cli` starts it.\n',
  )
  const manifest = {
    name,
    version,
    description: `The collector of Plutus for ${os} on ${arch}.`,
    license: 'Apache-2.0',
    os: [os],
    cpu: [arch],
    files: ['bin'],
    exports: { './package.json': './package.json' },
    preferUnplugged: true,
    publishConfig: { access: 'public', executableFiles: [`./${binary}`] },
  }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`)
  return folder
}

function nameOf({ os, arch }: Platform): string {
  return `${os}-${arch}`
}
