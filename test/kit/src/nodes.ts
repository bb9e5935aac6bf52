import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isFull } from './mode.ts'

/** Name of a Node in the matrix: the oldest one that is supported, and the newest of each line. */
export type NodeLabel = '22.15' | '22' | '24' | '26'

/** A Node that tests run programs on. */
export interface TestNode {
  readonly label: NodeLabel
  /** Path of the executable. */
  readonly path: string
  /** For example `22.15.1`. */
  readonly version: string
}

// Packages are `<alias>-<platform>-<arch>` in this workspace's optional dependencies.
const MATRIX: readonly (readonly [label: NodeLabel, alias: string])[] = [
  ['22.15', 'node22-15'],
  ['22', 'node22'],
  ['24', 'node24'],
  ['26', 'node26'],
]

const found = MATRIX.map(([label, alias]) => ({ label, node: findNode(label, alias) }))

/** The Nodes of the matrix that are installed, oldest first. */
export const NODES: readonly TestNode[] = found.flatMap(({ node }) => node ?? [])

/** The ends of the matrix, where what differs between Nodes shows most; `test:full` takes all of it. */
export const END_NODES: readonly TestNode[] = isFull
  ? NODES
  : NODES.filter((_node, at) => at === 0 || at === NODES.length - 1)

/**
 * Nodes for programs of one kind of modules: CommonJS on the oldest and ES modules on the newest; `test:full` takes all
 * for both.
 */
export function nodesOf(format: 'cjs' | 'mjs'): readonly TestNode[] {
  if (isFull) return NODES
  return format === 'cjs' ? NODES.slice(0, 1) : NODES.slice(-1)
}

/** Labels of the matrix for which this platform has no package, so that a test can skip them by name. */
export const ABSENT_NODES: readonly NodeLabel[] = found.flatMap(({ label, node }) => (node ? [] : [label]))

function findNode(label: NodeLabel, alias: string): TestNode | undefined {
  const folder = new URL(`../node_modules/${alias}-${process.platform}-${process.arch}/`, import.meta.url)
  const paths = ['bin/node', 'bin/node.exe'].map((name) => fileURLToPath(new URL(name, folder)))
  const path = paths.find((candidate) => existsSync(candidate))
  if (path === undefined) return undefined
  const { version } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as { version: string }
  return { label, path, version: version.replace(/^v/, '') }
}
