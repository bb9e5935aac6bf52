import { readdirSync, lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { DataClass } from '@plutus/conventions'
import { CLASS_ORDER } from '../policy-fields.ts'

/** A file of the archive that nobody writes any more. */
export interface ArchiveFile {
  readonly class: DataClass
  /** As the file exporter rotated it, compressed, or a month of compressed files in a tar. */
  readonly kind: 'rotated' | 'compressed' | 'bundle'
  /** Name in the folder of the class. */
  readonly name: string
  readonly bytes: number
  /** Milliseconds since the Unix epoch: none of its records was written later. */
  readonly endsAt: number
  /** Month in UTC in which it was rotated, such as `2026-10`. */
  readonly month: string
}

// The file exporter puts the time of the rotation, in UTC, before the ending: payment-2026-10-03T14-05-09.123.jsonl.
// Both are linear: each part has one length, and what follows it begins with another character.
const ROTATED = /^(\d{4}-\d{2})(-\d{2})T(\d{2})-(\d{2})-(\d{2}\.\d{3})\.jsonl(\.gz|\.zst)?$/
const BUNDLE = /^(\d{4}-\d{2})(?:\.\d{1,6})?\.tar$/
const UNFINISHED = /^\.[^/]+\.plutus-tmp$/

/**
 * Lists what the policy's file exporter has rotated, and what became of it: `CLASS/CLASS-TIME.jsonl`, its `.gz` or `.zst`,
 * and `CLASS-MONTH.tar`, oldest first. The live `CLASS.jsonl`, links, folders and every other name are not on the list.
 */
export function listArchive(folder: string): ArchiveFile[] {
  const files = CLASS_ORDER.flatMap((name) =>
    listNames(folder, name).flatMap((file) => {
      const read = readName(name, file)
      const stat = read && lstatSync(join(folder, name, file), { throwIfNoEntry: false })
      return read !== undefined && stat?.isFile() === true ? [{ ...read, bytes: stat.size }] : []
    }),
  )
  return files.toSorted((a, b) => a.endsAt - b.endsAt || (a.name < b.name ? -1 : 1))
}

/** Paths of files that an interrupted run left half written. */
export function listUnfinished(folder: string): string[] {
  return CLASS_ORDER.flatMap((name) =>
    listNames(folder, name)
      .filter((file) => UNFINISHED.test(file))
      .map((file) => join(folder, name, file)),
  )
}

/** Milliseconds since the Unix epoch at which a month such as `2026-10` is over. */
export function endOfMonth(month: string): number {
  const [year, number] = month.split('-').map(Number)
  return Date.UTC(year ?? 0, number ?? 0)
}

function readName(of: DataClass, name: string): Omit<ArchiveFile, 'bytes'> | undefined {
  if (!name.startsWith(`${of}-`)) return undefined
  const rest = name.slice(of.length + 1)
  const month = BUNDLE.exec(rest)?.[1]
  if (month !== undefined) {
    if (!isTime(`${month}-01T00:00:00.000Z`)) return undefined
    return { class: of, kind: 'bundle', name, month, endsAt: endOfMonth(month) }
  }
  const [, rotatedIn = '', day, hour, minute, second, packed] = ROTATED.exec(rest) ?? []
  const time = `${rotatedIn}${day}T${hour}:${minute}:${second}Z`
  if (!isTime(time)) return undefined
  const kind = packed === undefined ? 'rotated' : 'compressed'
  return { class: of, kind, name, month: rotatedIn, endsAt: Date.parse(time) }
}

/** Whether there is such a time: `Date.parse` takes the 31st of any month. */
function isTime(text: string): boolean {
  const time = Date.parse(text)
  return !Number.isNaN(time) && new Date(time).toISOString() === text
}

function listNames(folder: string, name: string): string[] {
  const path = join(folder, name)
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(path) : []
}
