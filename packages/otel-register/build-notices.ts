import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Metafile } from 'esbuild'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license?: string
}

/** Writes the licences of all packages whose code is in the bundle, each text once, in alphabetical order. */
export function writeNotices(metafiles: readonly Metafile[], room: string): string {
  const folders = new Set<string>()
  for (const { inputs } of metafiles.flatMap(({ outputs }) => Object.values(outputs))) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = bytesInOutput > 0 ? /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] : undefined
      if (folder !== undefined) folders.add(join(room, folder))
    }
  }
  const packages = new Map<string, string>()
  const texts = new Map<string, string[]>()
  for (const folder of folders) {
    const { name, version, license = 'no licence named' } = readManifest(folder)
    const title = `${name} ${version} (${license})`
    if (packages.has(title)) continue
    packages.set(title, folder)
    const text = readLicence(folder)
    texts.set(text, [...(texts.get(text) ?? []), title])
  }
  const parts = [...texts].map(([text, titles]) => `${titles.sort().join('\n')}\n\n${text}`)
  return `This software contains parts of the following packages.\n\n${parts.sort().join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

function readLicence(folder: string): string {
  const files = globSync('{LICEN[CS]E,licen[cs]e,NOTICE}*', { cwd: folder, withFileTypes: true })
    .filter((file) => file.isFile())
    .map(({ name }) => name)
    .sort()
  if (files.length === 0) throw new Error(`${dirname(folder)}: no licence file`)
  return files.map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim()).join('\n\n')
}
