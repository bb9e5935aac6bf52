import type { Meter } from '@opentelemetry/api'
import { ATTR_PLUTUS_DATA_CLASS, DATA_CLASSES } from '@plutus/conventions'
import { findRecordEnd } from '@plutus/otlp'
import type { Signal } from '../delivery/settings.ts'

/**
 * Why records left the disk without having been delivered: `full`, there was no room for newer ones; `age`, they waited
 * for too long; `damaged`, their bytes are not what was written; `not_stored`, the disk did not take them.
 */
export type SpoolLossReason = 'full' | 'age' | 'damaged'

/** What of a spool is measured when somebody asks. */
export interface SpoolState {
  readonly bytes: number
  /** Age of the oldest record that waits, in seconds; 0 if there is none. */
  readonly ageSeconds: number
}

const REASONS: Record<SpoolLossReason, string> = {
  full: 'no more room on disk, see PLUTUS_SPOOL_MAX_BYTES',
  age: 'too old, see PLUTUS_SPOOL_MAX_AGE_H',
  damaged: 'damaged on disk',
}
const FIRST_REPORT_MILLIS = 1000
const REPORT_MILLIS = 60_000

// As Node made them: a test of the application may replace them.
const { setTimeout, clearTimeout } = globalThis

/** Counts what became of records on disk, and tells losses at most once a minute. */
export class SpoolCounts {
  readonly #warn: (line: string) => void
  readonly #stored = new Map<string, number>()
  readonly #replayed = new Map<Signal, number>()
  readonly #lost = new Map<string, number>()
  #refused = 0
  #untold = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined
  #nextReportAt = 0
  /** Records stored at emit: counted on the hot path, so by a number. */
  durable = 0

  constructor(warn: (line: string) => void) {
    this.#warn = warn
  }

  stored(signal: Signal, count: number): void {
    add(this.#stored, signal, count)
  }

  replayed(signal: Signal, count: number): void {
    add(this.#replayed, signal, count)
  }

  refused(count: number): void {
    this.#refused += count
  }

  lost(dataClass: string, reason: SpoolLossReason, count: number): void {
    if (count <= 0) return
    const key = `${dataClass} ${reason}`
    add(this.#lost, key, count)
    add(this.#untold, key, count)
    const wait = Math.max(FIRST_REPORT_MILLIS, this.#nextReportAt - performance.now())
    this.#timer ??= setTimeout(() => this.report(), wait).unref()
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

  /** From now on tells as `plutus.spool.*` what is counted here. */
  measureWith(meter: Meter, state: () => SpoolState): void {
    const observe = (name: string, unit: string, description: string, counts: () => Iterable<Observation>): void => {
      meter.createObservableCounter(name, { unit, description }).addCallback((result) => {
        for (const [count, attributes] of counts()) result.observe(count, attributes)
      })
    }
    observe('plutus.spool.stored', '{item}', 'Spans and log records written to the spool.', () => [
      ...[...this.#stored].map(([signal, count]): Observation => [
        count,
        { 'plutus.signal': signal, 'plutus.spool.kind': 'ordinary' },
      ]),
      [this.durable, { 'plutus.signal': 'logs', 'plutus.spool.kind': 'durable' }],
    ])
    observe('plutus.spool.replayed', '{item}', 'Spans and log records that arrived from the spool.', () =>
      [...this.#replayed].map(([signal, count]): Observation => [count, { 'plutus.signal': signal }]),
    )
    observe('plutus.spool.refused', '{item}', 'Records that the endpoint refuses for good, kept aside on disk.', () => [
      [this.#refused, {}],
    ])
    observe('plutus.spool.dropped', '{item}', 'Records on disk that were lost, by class and reason.', () =>
      [...this.#lost].map(([key, count]): Observation => {
        const [dataClass = '', reason = ''] = key.split(' ')
        return [count, { 'plutus.data.class': dataClass, 'plutus.drop.reason': reason }]
      }),
    )
    meter
      .createObservableUpDownCounter('plutus.spool.size', { unit: 'By', description: 'Size of the spool on disk.' })
      .addCallback((result) => result.observe(state().bytes))
    meter
      .createObservableGauge('plutus.spool.age', { unit: 's', description: 'Age of the oldest segment of the spool.' })
      .addCallback((result) => result.observe(state().ageSeconds))
  }
}

type Observation = readonly [count: number, attributes: Record<string, string>]

function add<Key>(counts: Map<Key, number>, key: Key, count: number): void {
  if (count > 0) counts.set(key, (counts.get(key) ?? 0) + count)
}

const KEY = Buffer.from(ATTR_PLUTUS_DATA_CLASS)

/** Counts encoded records by their class; those without one as `application`. */
export function countClasses(records: Uint8Array): Map<string, number> {
  const counts = new Map<string, number>()
  for (let at = 0, end = findRecordEnd(records, 0); end !== -1; at = end, end = findRecordEnd(records, at)) {
    add(counts, classOf(records.subarray(at, end)), 1)
  }
  return counts
}

/** Its class stands behind the key; to look for the words is enough to count losses. */
function classOf(record: Uint8Array): string {
  const bytes = Buffer.from(record.buffer, record.byteOffset, record.byteLength)
  const at = bytes.indexOf(KEY)
  if (at === -1) return 'application'
  const behind = bytes.subarray(at + KEY.length, at + KEY.length + MAX_VALUE_BYTES).toString('latin1')
  return DATA_CLASSES.find((dataClass) => behind.includes(dataClass)) ?? 'application'
}

// Tags and lengths of the value and of its text, and the longest class.
const MAX_VALUE_BYTES = 24
