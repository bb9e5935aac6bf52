import type { Outcome } from './losses.ts'
import type { PackedBatch } from './packed-batch.ts'

/** What keeps batches on disk. Throws nothing. */
export interface BatchSpool {
  /** Writes a batch that is in memory only. Returns whether it is on disk now. */
  keep(batch: PackedBatch): boolean
  /** Takes what became of the batch with a ticket. Returns what is to be counted of it: what is on disk is not lost. */
  settle(ticket: number, outcomes: readonly Outcome[]): readonly Outcome[]
  /** Memory lets go of the batch with a ticket, which has not arrived. Returns whether all of it is on disk. */
  release(ticket: number): boolean
  /** An endpoint takes telemetry again. */
  wake(): void
}
