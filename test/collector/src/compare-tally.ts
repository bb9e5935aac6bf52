import type { Payload, SentItem } from './load-payloads.ts'

/** What arrived: how often each id. */
export interface Tally {
  readonly logs: Readonly<Record<string, number>>
  readonly traces: Readonly<Record<string, number>>
  /** Records under a class that is not theirs. */
  readonly misplaced: number
  /** On the wire, compressed. */
  readonly bytes: { readonly logs: number; readonly traces: number }
}

/** How what arrived compares with what was taken. */
export interface Delivery {
  /** Taken, meant to stay, and not arrived. */
  readonly lost: number
  /** Arrived more often than they were sent. */
  readonly twice: number
  /** Arrived although nothing keeps them, or under a class that is not theirs. */
  readonly wrong: number
  /** Bytes of one as it is sent to the collector, and as it leaves for the backend. */
  readonly recordBytes: readonly [taken: number, sent: number]
  readonly spanBytes: readonly [taken: number, sent: number]
}

// Classes of the built-in policy that keep all.
const KEPT_CLASSES = new Set(['audit', 'security', 'payment'])
const RANDOM_DIGITS = 14

/** Compares item by item, by the share of traces that stays. A request that was refused may have been taken in part. */
export function compareTally(
  payloads: { readonly logs: readonly Payload[]; readonly traces: readonly Payload[] },
  tally: Tally,
  keptShare: number,
): Delivery {
  const delivery = {
    lost: 0,
    twice: 0,
    wrong: tally.misplaced,
    recordBytes: bytesOf(payloads.logs, tally.logs, tally.bytes.logs),
    spanBytes: bytesOf(payloads.traces, tally.traces, tally.bytes.traces),
  }
  // A span of a class that is always kept keeps its trace; a record is kept alone.
  const keptTraces = new Set(
    payloads.traces.flatMap(({ ids }) => ids.filter(isOfKeptClass)).map(({ traceId }) => traceId),
  )
  const isChosen = ({ traceId }: SentItem): boolean =>
    Number.parseInt(traceId.slice(-RANDOM_DIGITS), 16) / 16 ** RANDOM_DIGITS >= 1 - keptShare
  const compare = (all: readonly Payload[], counts: Tally['logs'], isKept: (item: SentItem) => boolean): void => {
    for (const { ids, taken, refused } of all) {
      for (const item of ids) {
        const arrived = counts[item.id] ?? 0
        if (!isKept(item)) delivery.wrong += arrived
        else if (arrived < taken) delivery.lost += taken - arrived
        else delivery.twice += Math.max(0, arrived - taken - refused)
      }
    }
  }
  compare(payloads.logs, tally.logs, (item) => isOfKeptClass(item) || isChosen(item))
  compare(payloads.traces, tally.traces, (item) => keptTraces.has(item.traceId) || isChosen(item))
  return delivery
}

function isOfKeptClass({ dataClass }: SentItem): boolean {
  return KEPT_CLASSES.has(dataClass)
}

function bytesOf(payloads: readonly Payload[], counts: Tally['logs'], sent: number): readonly [number, number] {
  const arrived = Object.values(counts).reduce((sum, one) => sum + one, 0)
  return [
    mean(
      payloads.reduce((sum, { body }) => sum + body.length, 0),
      payloads.reduce((sum, { ids }) => sum + ids.length, 0),
    ),
    mean(sent, arrived),
  ]
}

function mean(sum: number, count: number): number {
  return Math.round(sum / Math.max(1, count))
}
