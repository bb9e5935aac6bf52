import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readText, ROOT } from './public-names.ts'

/** How far a changeset raises a version. */
export type Bump = 'patch' | 'minor' | 'major'

const ORDER: readonly (Bump | undefined)[] = [undefined, 'patch', 'minor', 'major']

/** The furthest that the waiting changesets raise the version of a package; `undefined` if none names it. */
export function findBump(packageName: string): Bump | undefined {
  const files = readdirSync(join(ROOT, '.changeset')).filter((name) => name.endsWith('.md') && name !== 'README.md')
  return furthestBump(
    files.map((name) => readText(`.changeset/${name}`)),
    packageName,
  )
}

/** The furthest that changesets, given as texts, raise the version of a package. */
export function furthestBump(changesets: readonly string[], packageName: string): Bump | undefined {
  const bumps = new Set(changesets.map((text) => readBump(text, packageName)))
  return ORDER.findLast((bump) => bumps.has(bump))
}

function readBump(changeset: string, packageName: string): Bump | undefined {
  const [, head = ''] = /^---\n([\s\S]*?)\n---/.exec(changeset) ?? []
  const line = head.split('\n').find((entry) => entry.replaceAll(/['"]/g, '').startsWith(`${packageName}:`))
  return line?.split(':').at(-1)?.trim() as Bump | undefined
}
