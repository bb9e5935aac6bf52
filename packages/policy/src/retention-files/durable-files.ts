import { createHash, randomBytes } from 'node:crypto'
import { constants, createWriteStream } from 'node:fs'
import type { ReadStream } from 'node:fs'
import { link, mkdir, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createCompressor, createDecompressor } from './compression.ts'
import type { Compression } from './compression.ts'

const FOLDER_MODE = 0o750
// What file systems without hard links answer.
const WITHOUT_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'ENOSYS'])

/** Called before every change on disk, with what it is: tests end a run there. */
export type BeforeChange = (change: string) => void

/** Says why a step was not done; nothing was changed by it. */
export class RetentionFault extends Error {}

/** Opens a file for reading, never through a link. */
async function openToRead(path: string): Promise<ReadStream> {
  // Windows has no such flag.
  const handle = await open(path, constants.O_RDONLY | ((constants.O_NOFOLLOW as number | undefined) ?? 0))
  return handle.createReadStream()
}

/** Makes a folder with those above it. Node's own way (`recursive`) never comes back from below `/proc`. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, FOLDER_MODE)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST') return // one that is no folder says so when a file is put into it
    if (code !== 'ENOENT' || dirname(path) === path) throw error
    await makeFolder(dirname(path))
    await mkdir(path, FOLDER_MODE).catch((again: unknown) => {
      if (codeOf(again) !== 'EEXIST') throw again // another run has made it
    })
  }
}

/** SHA-256 of a file, or of what is compressed in it. */
export async function hashFile(path: string, compression?: Compression): Promise<string> {
  const hash = createHash('sha256')
  const source = await openToRead(path)
  await (compression === undefined ? pipeline(source, hash) : pipeline(source, createDecompressor(compression), hash))
  return hash.digest('hex')
}

/** Copies a file, compressed if asked, and has the copy on disk before it returns. */
export async function copyFile(from: string, to: string, compression?: Compression): Promise<void> {
  const source = await openToRead(from)
  const target = createWriteStream(to, { flags: 'wx', mode: 0o640, flush: true })
  await (compression === undefined ? pipeline(source, target) : pipeline(source, createCompressor(compression), target))
}

/**
 * Gives a file its name once it is written, on disk and checked; until then it has another one, which the next run removes.
 *
 * @returns false if something has that name, which then stays as it is.
 */
export async function placeDurably(
  path: string,
  beforeChange: BeforeChange,
  write: (unfinished: string) => Promise<void>,
): Promise<boolean> {
  const unfinished = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.plutus-tmp`)
  beforeChange('write')
  await write(unfinished)
  beforeChange('name')
  const isOurs = await nameOnce(unfinished, path, beforeChange)
  beforeChange('sync')
  await syncFolder(dirname(path))
  return isOurs
}

/** Removes a file; one that is gone already is no error. */
export async function remove(path: string, beforeChange: BeforeChange): Promise<void> {
  beforeChange('remove')
  try {
    await unlink(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

/** Has names in a folder on disk. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return // which does it by itself, and opens no folders
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Code of an error of the system, of zlib or of tar. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

/** Renames without ever replacing anything: `rename` would. */
async function nameOnce(from: string, to: string, beforeChange: BeforeChange): Promise<boolean> {
  let isOurs = true
  try {
    await link(from, to)
  } catch (error) {
    const code = codeOf(error) ?? ''
    if (WITHOUT_LINKS.has(code)) {
      await rename(from, to)
      return true
    }
    if (code !== 'EEXIST') throw error
    isOurs = false
  }
  await remove(from, beforeChange)
  return isOurs
}
