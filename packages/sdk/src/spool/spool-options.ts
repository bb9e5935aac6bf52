import type { Meter } from '@opentelemetry/api'
import type { JournalFiles, SyncPolicy } from '@plutus/journal'
import type { BufferPool, EncodedHeader } from '@plutus/otlp'
import type { Outcome } from '../delivery/losses.ts'
import type { PackedBatch } from '../delivery/packed-batch.ts'
import type { Signal } from '../delivery/settings.ts'
import { LEASE_TIMES } from './lease.ts'
import type { LeaseTimes } from './lease.ts'

/** What a spool is made of. */
export interface SpoolOptions {
  /** Absolute path of the directory that the processes of a service share; each has one of its own in it. */
  readonly root: string
  /** Bytes that all files below `root` may have together. */
  readonly maxBytes: number
  /** Age from which records that cannot be delivered are given up. */
  readonly maxAgeMillis: number
  readonly sync: SyncPolicy
  /** Keys of 32 bytes; the first encrypts. */
  readonly keys?: readonly Uint8Array[] | undefined
  /** What the records of this process come from. */
  readonly resource: () => EncodedHeader
  /** Whether this is a worker thread of the application, which may end before its process. */
  readonly isThread: boolean
  /** Memory for what is read from disk, which who sends it gives back. @defaultValue new memory each time */
  readonly pool?: BufferPool | undefined
  /** Sends what was read from disk; `onSettled` is told at once what became of it. */
  readonly send: (batch: PackedBatch, onSettled: (outcomes: readonly Outcome[]) => void) => void
  /** Whether what is on disk has to wait for what is in memory. */
  readonly isBusy: (signal: Signal) => boolean
  readonly warn: (line: string) => void
  /** Measures `plutus.spool.*`. @defaultValue nothing does */
  readonly meter?: Pick<Meter, 'createCounter'> | undefined
  /** @defaultValue what is right for services */
  readonly times?: Partial<SpoolTimes> | undefined
  /** Calls to the file system, for tests of faults. */
  readonly files?: JournalFiles | undefined
}

/** Times of a spool, in milliseconds. */
export interface SpoolTimes extends LeaseTimes {
  /** How long acknowledgements are gathered. */
  readonly acknowledge: number
  /** How long what could not be sent waits. */
  readonly retry: number
  /** How long a spool whose disk failed waits before it tries again. */
  readonly mend: number
  /** How often the directories of other processes are looked for. */
  readonly scan: number
}

/** What holds unless a test is in a hurry. */
export const SPOOL_TIMES: SpoolTimes = {
  ...LEASE_TIMES,
  acknowledge: 100,
  retry: 15_000,
  mend: 30_000,
  scan: 30_000,
}
