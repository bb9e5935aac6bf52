import type { Stats } from 'node:fs'
import { loadBuiltin } from '../delivery/builtins.ts'
import { INSTANCE } from './instance-directory.ts'

/** Size of files in a spool. */
export interface SpoolSize {
  readonly bytes: number
  /** Of those the ones that are not dropped to make room. */
  readonly durableBytes: number
}

const NONE: SpoolSize = { bytes: 0, durableBytes: 0 }
const ORDINARY = /[\\/](?:logs|traces)$/

/** Sizes of the directories of processes, with what those have taken over, by their names. Throws nothing. */
export async function measureDirectories(
  root: string,
  isWanted: (name: string) => boolean,
): Promise<Map<string, SpoolSize>> {
  const sizes = new Map<string, SpoolSize>()
  for (const name of await list(root)) {
    if (INSTANCE.test(name) && isWanted(name)) sizes.set(name, await measureFolder(`${root}/${name}`))
  }
  return sizes
}

// By callbacks: Node takes five milliseconds to load its promises of file systems, for who has not used them before.
async function measureFolder(path: string): Promise<SpoolSize> {
  const { lstat } = loadBuiltin('node:fs') // a link leads elsewhere, or round in a circle
  let size = NONE
  for (const name of await list(path)) {
    const inner = `${path}/${name}`
    const found = await new Promise<Stats | undefined>((resolve) => {
      lstat(inner, (_gone, stats) => resolve(stats)) // it may be gone
    })
    if (found?.isFile() === true) size = plus(size, path, found.size)
    else if (found?.isDirectory() === true) size = add(size, await measureFolder(inner))
  }
  return size
}

function list(path: string): Promise<readonly string[]> {
  return new Promise((resolve) => {
    loadBuiltin('node:fs').readdir(path, (error, names) => resolve(error === null ? names : []))
  })
}

/** The same at once, for who cannot wait; not beyond so many bytes. */
export function measureDirectoriesNow(root: string, maxBytes: number): Map<string, SpoolSize> {
  const { readdirSync, statSync } = loadBuiltin('node:fs')
  const sizes = new Map<string, SpoolSize>()
  let bytes = 0
  try {
    for (const name of readdirSync(root)) {
      if (!INSTANCE.test(name)) continue
      if (bytes > maxBytes) break
      let size = NONE
      for (const entry of readdirSync(`${root}/${name}`, { recursive: true, withFileTypes: true })) {
        const found = entry.isFile()
          ? statSync(`${entry.parentPath}/${entry.name}`, { throwIfNoEntry: false })
          : undefined
        if (found !== undefined) size = plus(size, entry.parentPath, found.size)
      }
      sizes.set(name, size)
      bytes += size.bytes
    }
  } catch {
    // What somebody removed meanwhile has no size.
  }
  return sizes
}

function add(one: SpoolSize, other: SpoolSize): SpoolSize {
  return { bytes: one.bytes + other.bytes, durableBytes: one.durableBytes + other.durableBytes }
}

function plus({ bytes, durableBytes }: SpoolSize, folder: string, more: number): SpoolSize {
  return { bytes: bytes + more, durableBytes: durableBytes + (ORDINARY.test(folder) ? 0 : more) }
}
