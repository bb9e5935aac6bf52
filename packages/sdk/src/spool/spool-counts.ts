import { createNoopMeter } from '@opentelemetry/api'
import type { Counter, Meter } from '@opentelemetry/api'
import { ATTR_PLUTUS_DATA_CLASS, DATA_CLASSES } from '@plutus/conventions'
import { findRecordEnd } from '@plutus/otlp'
import type { Signal } from '../delivery/settings.ts'

/**
 * Why records left the disk without having been delivered: `full`, there was no room for newer ones; `age`, they waited
 * for too long; `damaged`, their bytes are not what was written; `refused`, the endpoint does not take them, and they
 * are ordinary or could not be set aside; `rejected`, it took others of their request.
 */
export type SpoolLossReason = 'full' | 'age' | 'damaged' | 'refused' | 'rejected'

/** Records of one class that left the disk without having been delivered. */
export interface Loss {
  readonly dataClass: string
  readonly reason: SpoolLossReason
  readonly count: number
}

const REASONS: Record<SpoolLossReason, string> = {
  full: 'no more room on disk, see PLUTUS_SPOOL_MAX_BYTES',
  age: 'too old, see PLUTUS_SPOOL_MAX_AGE_H',
  damaged: 'damaged on disk',
  refused: 'refused by the endpoint',
  rejected: 'rejected in a partial success',
}
const FIRST_REPORT_MILLIS = 1000
const REPORT_MILLIS = 60_000

// As Node made them: a test of the application may replace them.
const { setTimeout, clearTimeout } = globalThis

/** Counts what became of records on disk, and tells losses at most once a minute. */
export class SpoolCounts {
  readonly #warn: (line: string) => void
  readonly #stored: Counter
  readonly #replayed: Counter
  readonly #refused: Counter
  readonly #dropped: Counter
  #untold = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined
  #nextReportAt = 0

  constructor(warn: (line: string) => void, meter: Pick<Meter, 'createCounter'> = createNoopMeter()) {
    this.#warn = warn
    const create = (name: string, description: string): Counter =>
      meter.createCounter(name, { unit: '{item}', description })
    this.#stored = create('plutus.spool.stored', 'Spans and log records that were written to the spool.')
    this.#replayed = create('plutus.spool.replayed', 'Spans and log records that arrived from the spool.')
    this.#refused = create('plutus.spool.refused', 'Records that the endpoint refuses for good, set aside on disk.')
    this.#dropped = create('plutus.spool.dropped', 'Records on disk that were lost, by class and reason.')
  }

  stored(signal: Signal, kind: 'durable' | 'ordinary', count: number): void {
    this.#stored.add(count, { 'plutus.signal': signal, 'plutus.spool.kind': kind })
  }

  replayed(signal: Signal, count: number): void {
    this.#replayed.add(count, { 'plutus.signal': signal })
  }

  refused(count: number): void {
    this.#refused.add(count)
  }

  lost(dataClass: string, reason: SpoolLossReason, count: number): void {
    if (count <= 0) return
    this.#dropped.add(count, { 'plutus.data.class': dataClass, 'plutus.drop.reason': reason })
    const key = `${dataClass} ${reason}`
    this.#untold.set(key, (this.#untold.get(key) ?? 0) + count)
    const wait = Math.max(FIRST_REPORT_MILLIS, this.#nextReportAt - performance.now())
    this.#timer ??= setTimeout(() => this.report(), wait).unref()
  }

  lostAll(losses: readonly Loss[]): void {
    for (const { dataClass, reason, count } of losses) this.lost(dataClass, reason, count)
  }

  /** Tells now what has not been told. */
  report(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#untold.size === 0) return
    this.#nextReportAt = performance.now() + REPORT_MILLIS
    const parts = [...this.#untold].map(([key, count]) => {
      const [dataClass = '', reason = ''] = key.split(' ')
      return `${dataClass} ${count} (${REASONS[reason as SpoolLossReason]})`
    })
    this.#untold = new Map()
    this.#warn(`Records on disk lost: ${parts.join(', ')}`)
  }
}

const KEY = Buffer.from(ATTR_PLUTUS_DATA_CLASS)

/** Counts encoded records by their class; those without one as `application`. */
export function countClasses(records: Uint8Array): Map<string, number> {
  const counts = new Map<string, number>()
  // One search for all records: of ordinary ones, most say nothing.
  const bytes = Buffer.from(records.buffer, records.byteOffset, records.byteLength)
  let key = bytes.indexOf(KEY)
  for (let at = 0, end = findRecordEnd(records, 0); end !== -1; at = end, end = findRecordEnd(records, at)) {
    if (key !== -1 && key < at) key = bytes.indexOf(KEY, at)
    const dataClass = key === -1 || key >= end ? 'application' : classBehind(bytes, key + KEY.length, end)
    counts.set(dataClass, (counts.get(dataClass) ?? 0) + 1)
  }
  return counts
}

/** Its class stands behind the key; to look for the words is enough to count losses. */
function classBehind(bytes: Buffer, at: number, end: number): string {
  const behind = bytes.toString('latin1', at, Math.min(at + MAX_VALUE_BYTES, end))
  return DATA_CLASSES.find((dataClass) => behind.includes(dataClass)) ?? 'application'
}

// Tags and lengths of the value and of its text, and the longest class.
const MAX_VALUE_BYTES = 24
