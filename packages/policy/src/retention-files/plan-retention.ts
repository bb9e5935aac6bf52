import { statfsSync } from 'node:fs'
import type { DataClass } from '@plutus/conventions'
import { CLASS_ORDER } from '../policy-fields.ts'
import type { ClassPolicy, Policy } from '../policy.ts'
import { endOfMonth, listArchive } from './archive-files.ts'
import type { ArchiveFile } from './archive-files.ts'
import { COMPRESSIONS, compressedName } from './compression.ts'
import type { Compression } from './compression.ts'

/** What retention does to files of one class. */
export interface RetentionStep {
  /**
   * - `delete`: their time is over;
   * - `compress`: once they are no longer hot, or where the disk is full;
   * - `bundle`: a month of compressed files into one tar, once the month is no longer warm;
   * - `move`: the disk is full, to the second folder;
   * - `emergency_delete`: the disk is full, there is no second folder, and the class is neither durable nor immutable.
   */
  readonly action: 'delete' | 'compress' | 'bundle' | 'move' | 'emergency_delete'
  readonly class: DataClass
  /** Month in UTC in which the files were rotated, such as `2026-10`. */
  readonly month: string
  /** Names in the folder of the class. */
  readonly files: readonly string[]
  /** Size of the files before. */
  readonly bytes: number
}

/** Use of the volume that a folder lies on. */
export interface DiskUse {
  readonly usedBytes: number
  readonly totalBytes: number
}

/** Where retention works, and by which policy. */
export interface RetentionOptions {
  /** The archive: a folder per class in it, as the rendered collector writes it. */
  readonly folder: string
  readonly policy: Policy
  /** Milliseconds since the Unix epoch that count as now. */
  readonly now: number
  /** How files are compressed from now on; those that are compressed already stay as they are. @defaultValue 'gzip' */
  readonly compression?: Compression
  /** A second folder, on another volume, that takes the oldest files when the disk is full. */
  readonly moveTo?: string
  /** Tells how full the volume is. @defaultValue asks the file system */
  readonly readDisk?: (folder: string) => DiskUse
}

const DAY_MILLIS = 86_400_000
// A bundle goes as a whole: of a class that is kept for less than a year, a month would be kept too long.
const MIN_BUNDLED_DAYS = 365

/**
 * Tells what `applyRetention` would do, and changes nothing. What is done about a full disk is the most that it takes:
 * nobody knows before how small a file becomes.
 *
 * @throws what `node:fs` throws if the folder cannot be read.
 */
export function planRetention(options: RetentionOptions): readonly RetentionStep[] {
  const files = listArchive(options.folder)
  const steps = planByAge(files, options)
  const deleted = steps.filter(({ action }) => action === 'delete')
  let excess = excessOf(options) - deleted.reduce((sum, { bytes }) => sum + bytes, 0)
  const gone = new Set(deleted.flatMap((step) => step.files))
  const planned = new Set(steps.flatMap((step) => step.files))
  const left = files.filter(({ name }) => !gone.has(name))
  const emergency: RetentionStep[] = []
  if (excess > 0) emergency.push(...planCompression(left).filter(({ files: [name] }) => !planned.has(name ?? '')))
  for (const step of planRemoval(left, options)) {
    if (excess <= 0) break
    emergency.push(step)
    excess -= step.bytes
  }
  return [...steps, ...emergency]
}

/** What the age of files asks for: first what is deleted, so that there is room for the rest. */
export function planByAge(
  files: readonly ArchiveFile[],
  { policy, now, compression = 'gzip' }: RetentionOptions,
): RetentionStep[] {
  const names = new Set(files.map(({ name }) => name))

  const steps = CLASS_ORDER.map((name) => {
    const days = keptDays(policy.classes[name])
    const own = files.filter((file) => file.class === name)
    const expired = own.filter(({ endsAt }) => isOver(endsAt, days, now))
    const kept = own.filter(({ endsAt }) => !isOver(endsAt, days, now))
    const closed = kept.filter(({ kind, month }) => {
      return kind !== 'bundle' && days >= MIN_BUNDLED_DAYS && isOver(endOfMonth(month), policy.tiers.warmDays, now)
    })
    return {
      delete: expired.map((file) => stepOf('delete', file)),
      compress: planCompression(kept.filter(({ endsAt }) => isOver(endsAt, policy.tiers.hotDays, now))),
      bundle: [...Map.groupBy(closed, ({ month }) => month)].map(([month, members]) => ({
        action: 'bundle' as const,
        class: name,
        month,
        files: [...new Set(members.map((member) => nameInBundle(member, names, compression)))],
        bytes: sumOf(members),
      })),
    }
  })
  return [
    ...steps.flatMap((step) => step.delete),
    ...steps.flatMap((step) => step.compress),
    ...steps.flatMap((step) => step.bundle),
  ]
}

/** Compresses what is not, whatever its age. */
export function planCompression(files: readonly ArchiveFile[]): RetentionStep[] {
  return files.filter(({ kind }) => kind === 'rotated').map((file) => stepOf('compress', file))
}

/** What may go when the disk is full, oldest first. */
export function planRemoval(
  files: readonly ArchiveFile[],
  { policy, moveTo }: Pick<RetentionOptions, 'policy' | 'moveTo'>,
): RetentionStep[] {
  if (moveTo !== undefined) return files.map((file) => stepOf('move', file))
  return files.filter((file) => mayGoEarly(policy.classes[file.class])).map((file) => stepOf('emergency_delete', file))
}

/** Bytes that must go for the disk to be below its limit; 0 or less if it is. A volume that tells no size is not full. */
export function excessOf({ folder, policy, readDisk = askFileSystem }: RetentionOptions): number {
  const { usedBytes, totalBytes } = readDisk(folder)
  return totalBytes > 0 ? Math.floor(usedBytes - totalBytes * policy.limits.diskAlertShare) + 1 : 0
}

/** Name of the compressed form of a file: one that is there, of a run before that was ended, else the one that will be. */
function nameInBundle(
  { kind, name }: Pick<ArchiveFile, 'kind' | 'name'>,
  names: ReadonlySet<string>,
  compression: Compression,
): string {
  if (kind === 'compressed') return name
  const found = COMPRESSIONS.map((one) => compressedName(name, one)).find((form) => names.has(form))
  return found ?? compressedName(name, compression)
}

/** Whether a time is so many days in the past. */
function isOver(time: number, days: number, now: number): boolean {
  return time + days * DAY_MILLIS <= now
}

function mayGoEarly({ durable, immutable }: ClassPolicy): boolean {
  return !durable && !immutable
}

/** Days for which files of a class stay. Where there is no archive any more, as long as its records can be searched. */
function keptDays({ archiveDays, searchableDays }: ClassPolicy): number {
  return archiveDays > 0 ? archiveDays : searchableDays
}

function stepOf(action: RetentionStep['action'], file: ArchiveFile): RetentionStep {
  return { action, class: file.class, month: file.month, files: [file.name], bytes: file.bytes }
}

function sumOf(files: readonly ArchiveFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0)
}

function askFileSystem(folder: string): DiskUse {
  const { bsize, blocks, bfree, bavail } = statfsSync(folder)
  // As `df` counts it: what only root may use is no room.
  return { usedBytes: (blocks - bfree) * bsize, totalBytes: (blocks - bfree + bavail) * bsize }
}
