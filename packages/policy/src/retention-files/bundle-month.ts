import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { hashFile, placeDurably, RetentionFault, syncFolder } from './durable-files.ts'
import type { BeforeChange } from './durable-files.ts'

/**
 * Puts files of a folder into `NAME.tar`, else `NAME.2.tar` and so on: what is bundled already is never written again. What
 * stands in one of them as it is, because a run ended before it removed it, is not bundled twice.
 *
 * @returns names of the files that may go now.
 */
export async function bundleFiles(
  folder: string,
  name: string,
  files: readonly string[],
  beforeChange: BeforeChange,
): Promise<readonly string[]> {
  const hashes = new Map<string, string>()
  for (const file of files) hashes.set(file, await hashFile(join(folder, file)))
  let number = 1
  const pathOf = (): string => join(folder, number === 1 ? `${name}.tar` : `${name}.${number}.tar`)
  const bundled = new Set<string>()
  for (; existsSync(pathOf()); number++) {
    for (const [file, hash] of await readBundle(pathOf())) if (hashes.get(file) === hash) bundled.add(file)
  }
  const missing = files.filter((file) => !bundled.has(file))
  if (missing.length === 0) {
    await syncFolder(folder)
    return files
  }
  const isOurs = await placeDurably(pathOf(), beforeChange, async (unfinished) => {
    const { create } = await import('tar')
    await create({ file: unfinished, cwd: folder, portable: true, strict: true, mode: 0o640 }, missing)
    const handle = await open(unfinished, 'r+')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
    const written = await readBundle(unfinished)
    if (missing.some((file) => written.get(file) !== hashes.get(file))) {
      throw new RetentionFault(`${name}.tar does not hold what was put into it; its files stay`)
    }
  })
  if (!isOurs) throw new RetentionFault(`${name}.tar was written by another run; the next one looks after it`)
  return files
}

/** SHA-256 of the files in a tar, by name. */
async function readBundle(path: string): Promise<ReadonlyMap<string, string>> {
  const { list } = await import('tar')
  const hashes = new Map<string, string>()
  await list({
    file: path,
    strict: true,
    onReadEntry: (entry) => {
      const hash = createHash('sha256')
      entry.on('data', (chunk: Buffer) => void hash.update(chunk))
      entry.on('end', () => {
        if (entry.type === 'File') hashes.set(entry.path, hash.digest('hex'))
      })
    },
  })
  return hashes
}
