import { inspectJournal } from '@plutus/journal'
import type { InspectedFrame, JournalInspection } from '@plutus/journal'
import { assembleRequest, countRecords, decodeLogsRequest, decodeTraceRequest } from '@plutus/otlp'
import type { DecodedLogsRequest, DecodedTraceRequest } from '@plutus/otlp'
import { loadBuiltin } from '../delivery/builtins.ts'
import { findOwner, INSTANCE } from './instance-directory.ts'
import { readLease } from './lease.ts'
import { countClasses } from './spool-counts.ts'
import { readFrame, readLabel, SPOOL_KINDS } from './spool-frame.ts'
import type { SpoolKind } from './spool-frame.ts'
import { readAcked } from './thread-account.ts'

/** The part of a spool that one process, or one thread of it, has written. */
export interface InspectedPart {
  readonly path: string
  /** Whether its writer lives; `unknown` where that takes watching it for a while. */
  readonly owner: 'alive' | 'gone' | 'unknown'
  readonly journals: readonly InspectedSpoolJournal[]
  /** Journals that cannot be looked at, each with the reason. */
  readonly problems: readonly { readonly kind: SpoolKind; readonly reason: string }[]
}

/** A journal of a spool, and what is in it. */
export interface InspectedSpoolJournal {
  readonly kind: SpoolKind
  readonly inspection: JournalInspection
}

/** What a frame holds. */
export type SpooledRecords =
  | { readonly signal: 'logs'; readonly request: DecodedLogsRequest }
  | { readonly signal: 'traces'; readonly request: DecodedTraceRequest }

// Below the directory of a user those of services, in them those of processes, in these what they have taken over.
const MAX_DEPTH = 4

/**
 * Looks at spools and changes nothing: at the directory of one process, at that of a service, or at one with those of
 * several services.
 *
 * @param keys Keys of 32 bytes that may decrypt them.
 */
export function inspectSpools(path: string, keys: readonly Uint8Array[] = []): InspectedPart[] {
  return findParts(path, MAX_DEPTH).map((part) => inspectPart(part, keys))
}

/** Decodes a frame; `undefined` for bytes that are no records of a spool. */
export function decodeSpooled({
  bytes,
  segment,
}: Pick<InspectedFrame, 'bytes' | 'segment'>): SpooledRecords | undefined {
  const label = readLabel(segment.label)
  const content = readFrame(bytes)
  if (label === undefined || content === undefined) return undefined
  const request = assembleRequest(content.resource ?? label.resource, [
    { scope: content.scope, parts: [content.records] },
  ])
  if (label.signal === 'traces') {
    const decoded = decodeTraceRequest(request)
    return decoded.ok ? { signal: 'traces', request: decoded.value } : undefined
  }
  const decoded = decodeLogsRequest(request)
  return decoded.ok ? { signal: 'logs', request: decoded.value } : undefined
}

/** Counts what a frame holds by class, spans as `spans`; nothing for bytes that are no records of a spool. */
export function countSpooled({ bytes, segment }: Pick<InspectedFrame, 'bytes' | 'segment'>): Map<string, number> {
  const signal = readLabel(segment.label)?.signal
  const content = readFrame(bytes)
  if (signal === undefined || content === undefined) return new Map()
  return signal === 'traces' ? new Map([['spans', countRecords(content.records)]]) : countClasses(content.records)
}

/** Whether the writer of a part lives, as far as one look can tell. */
export function judgeOwner(path: string): InspectedPart['owner'] {
  return findOwner(loadBuiltin('node:path').basename(path), readLease(path))
}

/** Directories of processes, at and below a path, in the order of their names. Links are not followed. */
export function findParts(path: string, depth: number = MAX_DEPTH): string[] {
  const { basename, join } = loadBuiltin('node:path')
  const isPart = INSTANCE.test(basename(path))
  const inner = loadBuiltin('node:fs')
    .readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && depth > 0 && !isKind(entry.name))
    .map(({ name }) => join(path, name))
    .sort()
  return [...(isPart ? [path] : []), ...inner.flatMap((one) => findParts(one, depth - 1))]
}

function inspectPart(path: string, keys: readonly Uint8Array[]): InspectedPart {
  const journals: InspectedSpoolJournal[] = []
  const problems: { kind: SpoolKind; reason: string }[] = []
  for (const kind of SPOOL_KINDS) {
    const directory = `${path}/${kind}`
    if (!loadBuiltin('node:fs').existsSync(directory)) continue
    try {
      const acknowledged = kind === 'durable' ? readAcked(path) : 0
      journals.push({ kind, inspection: inspectJournal(directory, { keys, acknowledged }) })
    } catch (error) {
      problems.push({ kind, reason: error instanceof Error ? error.message : 'unknown error' })
    }
  }
  return { path, owner: judgeOwner(path), journals, problems }
}

function isKind(name: string): boolean {
  return (SPOOL_KINDS as readonly string[]).includes(name)
}
