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
  const { readdir, stat } = loadBuiltin('node:fs').promises
  const sizes = new Map<string, SpoolSize>()
  for (const name of await readdir(root).catch(() => [])) {
    if (!INSTANCE.test(name) || !isWanted(name)) continue
    let size = NONE
    const entries = await readdir(`${root}/${name}`, { recursive: true, withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      if (!entry.isFile()) continue
      const found = await stat(`${entry.parentPath}/${entry.name}`).catch(() => undefined) // it may be gone
      if (found !== undefined) size = plus(size, entry.parentPath, found.size)
    }
    sizes.set(name, size)
  }
  return sizes
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

function plus({ bytes, durableBytes }: SpoolSize, folder: string, more: number): SpoolSize {
  return { bytes: bytes + more, durableBytes: durableBytes + (ORDINARY.test(folder) ? 0 : more) }
}
