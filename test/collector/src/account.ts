import { CLASS_ORDER } from '@plutus/policy'
import type { Outcome } from './arrivals.ts'
import type { Ending } from './emitter.ts'
import type { RunningCollector } from './running-collector.ts'

/** Where some of what did not arrive went, or stayed. */
export interface Whereabouts {
  /** A class, `spans`, or `records` where nobody says of which class they were. */
  readonly holds: string
  readonly count: number
  readonly where: string
}

const SIGNALS: Readonly<Record<string, string>> = { 'log records': 'records', spans: 'spans' }
const SPANS = 'spans'

/** Asks everybody who had it for what has become of it: the service's own lines, its spool, the collectors' counters. */
export async function findWhereabouts(
  { stderr, spooled }: Ending,
  collectors: readonly RunningCollector[],
): Promise<readonly Whereabouts[]> {
  const dropped = await Promise.all(collectors.map(readDropped))
  return [...readLosses(stderr), ...spooled, ...dropped.flat()]
}

/**
 * How many of what did not arrive nobody accounts for. What is told to be lost may have arrived all the same: an endpoint
 * that answers 503 has taken some of it.
 */
export function countUnaccounted(
  { lost }: Outcome,
  whereabouts: readonly Whereabouts[],
): { readonly records: number; readonly spans: number } {
  const of = (name: string): number => sum(whereabouts.filter(({ holds }) => holds === name).map(({ count }) => count))
  // Those of an unknown class make up for those of any.
  const missing = CLASS_ORDER.map((name) => Math.max(0, lost[name] - of(name)))
  return {
    records: Math.max(0, sum(missing) - of('records')),
    spans: Math.max(0, lost.spans - of(SPANS)),
  }
}

/** Sums, by what they hold and where. */
export function describeWhereabouts(whereabouts: readonly Whereabouts[]): string {
  const sums = new Map<string, number>()
  for (const { holds, count, where } of whereabouts) {
    const key = `${holds} ${where}`
    sums.set(key, (sums.get(key) ?? 0) + count)
  }
  return [...sums].map(([key, count]) => `${count} ${key}`).join(', ')
}

/** Reads the lines by which a service tells losses: `..., lost: spans 3 (queue full), log records 4; see ...`. */
export function readLosses(stderr: string): readonly Whereabouts[] {
  const lists = stderr.split('\n').flatMap((line) => /\blost: (.*?)(?:, kept on disk|;|$)/.exec(line)?.[1] ?? [])
  return lists.flatMap((list) =>
    [...list.matchAll(/(?:^|, )([a-z][a-z ]*) (\d+)(?: \(([^)]*)\))?/g)].flatMap(([, name = '', count, reason]) => {
      if (name === 'data points') return []
      const where = `lost by the service: ${reason ?? 'endpoint not reachable'}`
      return { holds: SIGNALS[name] ?? name, count: Number(count), where }
    }),
  )
}

/** What the exporters of a collector have given up since it started. */
async function readDropped({ ports }: RunningCollector): Promise<readonly Whereabouts[]> {
  const answer = await fetch(`http://127.0.0.1:${ports.telemetry}/metrics`)
  const failed =
    /^otelcol_exporter_send_failed_(?:log_records|spans)(?:_total)?\{.*?exporter="[^"/]*\/(\w+)".*\} (\d+)/gm
  return [...(await answer.text()).matchAll(failed)].flatMap(([, output = '', count]) =>
    Number(count) === 0
      ? []
      : { holds: output === 'traces' ? SPANS : output, count: Number(count), where: 'dropped by the collector' },
  )
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
