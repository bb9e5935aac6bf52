import type { Outcome } from './losses.ts'
import type { PackedBatch } from './packed-batch.ts'
import type { Signal } from './settings.ts'

/** What keeps batches on disk. Throws nothing. */
export interface BatchSpool {
  /** Writes a batch that is in memory only. Returns whether it is on disk now. */
  keep(batch: PackedBatch): boolean
  /** The same for one that memory keeps as well. Returns its ticket, if it is on disk now. */
  store(batch: PackedBatch): number | undefined
  /** Takes what became of the batch with a ticket. Returns what is to be counted of it: what is on disk is not lost. The same array if nothing of it is. */
  settle(ticket: number, outcomes: readonly Outcome[]): readonly Outcome[]
  /** Memory lets go of the batch with a ticket, which has not arrived. Returns whether all of it is on disk. */
  release(ticket: number): boolean
  /** Whether only a part of the batch with a ticket is on disk. */
  isPart(ticket: number): boolean
  /** The process ends: there will be no other time to write, so it is taken. */
  end(): void
  /** Spans and log records of this process that are on disk for the next one. */
  readonly waiting: ReadonlyMap<Signal, number>
  /** An endpoint takes telemetry again. */
  wake(): void
}
