import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { policyHash } from '../policy-hash.ts'
import { listArchive, listUnfinished } from './archive-files.ts'
import { bundleFiles } from './bundle-month.ts'
import { COMPRESSIONS, compressedName, plainName } from './compression.ts'
import type { Compression } from './compression.ts'
import {
  codeOf,
  copyFile,
  hashFile,
  makeFolder,
  placeDurably,
  remove,
  RetentionFault,
  syncFolder,
} from './durable-files.ts'
import type { BeforeChange } from './durable-files.ts'
import { excessOf, planByAge, planCompression, planRemoval } from './plan-retention.ts'
import type { RetentionOptions, RetentionStep } from './plan-retention.ts'
import { RetentionLog } from './retention-log.ts'

/** What retention is applied with. */
export interface ApplyRetentionOptions extends RetentionOptions {
  /** File that gets an audit event per line of what was done. @defaultValue `retention.jsonl` in the folder */
  readonly log?: string
  /** Called before every change on disk; what it throws ends the run there. */
  readonly beforeChange?: BeforeChange
}

/** What retention did. */
export interface RetentionReport {
  readonly done: readonly RetentionStep[]
  /** What could not be done, and why. Its files are as they were; the next run tries again. */
  readonly failed: readonly { readonly step: RetentionStep; readonly reason: string }[]
  /** Bytes that would still have to go for the disk to be below its limit; 0 if it is. */
  readonly excessBytes: number
}

/**
 * Keeps a folder of the archive as the policy says: deletes what is over its time, compresses what is no longer hot, bundles
 * months that are no longer warm, and makes room when the disk reaches its limit.
 *
 * It may be killed at any point: a file goes when what replaces it is written, on disk, read back and named, and the next
 * run carries on. Live files, links and files of other names are left alone.
 *
 * @throws what `node:fs` throws if the folder cannot be read or the log cannot be written.
 */
export async function applyRetention(options: ApplyRetentionOptions): Promise<RetentionReport> {
  const { folder, policy, now, log = join(folder, 'retention.jsonl'), beforeChange = () => {} } = options
  const done: RetentionStep[] = []
  const failed: { step: RetentionStep; reason: string }[] = []
  for (const path of listUnfinished(folder)) await remove(path, beforeChange)
  const account = new RetentionLog(log)
  const hash = policyHash(policy)
  const tell = (step: RetentionStep): void => {
    beforeChange('log')
    account.append(step, hash, now)
  }
  const run = async (step: RetentionStep): Promise<void> => {
    try {
      await runStep(step, options, tell, beforeChange)
      done.push(step)
    } catch (error) {
      const reason = error instanceof RetentionFault ? error.message : codeOf(error)
      if (reason === undefined) throw error
      failed.push({ step, reason })
    }
  }
  try {
    for (const step of planByAge(listArchive(folder), options)) await run(step)
    for (const plan of [planCompression, (files: ReturnType<typeof listArchive>) => planRemoval(files, options)]) {
      if (excessOf(options) <= 0) break
      for (const step of plan(listArchive(folder))) {
        if (excessOf(options) <= 0) break
        await run(step)
      }
    }
    return { done, failed, excessBytes: Math.max(0, excessOf(options)) }
  } finally {
    account.close()
  }
}

/** Does one step. What is told of it is on disk before the first file goes. */
async function runStep(
  step: RetentionStep,
  { folder: root, moveTo, compression = 'gzip' }: ApplyRetentionOptions,
  tell: (step: RetentionStep) => void,
  beforeChange: BeforeChange,
): Promise<void> {
  const folder = join(root, step.class)
  let gone = step.files
  const [name = ''] = step.files
  if (step.action === 'compress') {
    // A run before may have ended between the two, also one that compressed otherwise.
    const form = COMPRESSIONS.find((one) => existsSync(join(folder, compressedName(name, one)))) ?? compression
    await copyChecked(join(folder, name), join(folder, compressedName(name, form)), form, beforeChange)
  } else if (step.action === 'bundle') {
    // A file that stands beside its compressed form could not be compressed: that form may be broken.
    const whole = step.files.filter((file) => !existsSync(join(folder, plainName(file))))
    if (whole.length === 0) throw new RetentionFault('no file of the month could be compressed')
    gone = await bundleFiles(folder, `${step.class}-${step.month}`, whole, beforeChange)
  } else if (step.action === 'move' && moveTo !== undefined) {
    await makeFolder(join(moveTo, step.class))
    await syncFolder(moveTo)
    await copyChecked(join(folder, name), join(moveTo, step.class, name), undefined, beforeChange)
  }
  tell(step)
  for (const file of gone) await remove(join(folder, file), beforeChange)
  await syncFolder(folder)
}

/** Copies a file under a new name, unless a run before did; either way the copy is read back and compared. */
async function copyChecked(
  from: string,
  to: string,
  compression: Compression | undefined,
  beforeChange: BeforeChange,
): Promise<void> {
  const wanted = await hashFile(from)
  const check = async (path: string): Promise<void> => {
    if ((await hashFile(path, compression)) === wanted) return
    throw new RetentionFault(`${to} exists and holds something else, or was not written as it should be; both stay`)
  }
  if (existsSync(to)) {
    await check(to)
    await syncFolder(dirname(to))
    return
  }
  const isOurs = await placeDurably(to, beforeChange, async (unfinished) => {
    await copyFile(from, unfinished, compression)
    await check(unfinished)
  })
  if (!isOurs) await check(to)
}
