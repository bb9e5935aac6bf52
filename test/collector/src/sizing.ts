import type { CollectorRole, Policy } from '@plutus/policy'

/** The tiers, in the order in which telemetry passes them. */
export type Tier = Exclude<CollectorRole, 'single'>

/** What was measured of a deployment on one machine, and what of it a size is calculated from. */
export interface MeasuredCosts {
  /** Cores for 10,000 records and spans a second together; of the sampler, for 10,000 spans. */
  readonly coresPer10k: Readonly<Record<Tier, number>>
  /** Of one record and of one span: as they are taken and wait in a queue, and compressed as they travel on. */
  readonly recordBytes: readonly [taken: number, sent: number]
  readonly spanBytes: readonly [taken: number, sent: number]
}

/** What a deployment has to bear. */
export interface SizingLoad {
  readonly spansPerSecond: number
  readonly recordsPerSecond: number
  readonly spansPerTrace: number
  /** Share of the traces, and of the records, that stays: what is chosen, and what is always kept. */
  readonly keptTraces: number
  readonly keptRecords: number
  /** For how long each tier holds what the next one does not take. */
  readonly outageSeconds: number
}

/** What the machines are like. */
export interface SizingMachine {
  readonly cores: number
  /** Share of its cores that a collector may use in the long run: the rest is for peaks and for a backlog. */
  readonly utilisation: number
}

/** What a tier needs, all its collectors together; one of them is a spare. */
export interface TierSize {
  readonly tier: Tier
  readonly collectors: number
  readonly cores: number
  readonly memoryBytes: number
  readonly diskBytes: number
  readonly inBitsPerSecond: number
  readonly outBitsPerSecond: number
}

const TIERS: readonly Tier[] = ['agent', 'gateway', 'sampler']
const PER = 10_000
const BITS = 8
// A queue's file is larger than what is in it: 485 bytes for records of 430 were measured.
const STORED_BYTES = 485 / 430
// Once its root is there, a trace waits no longer than this, as it is rendered.
const AFTER_ROOT_SECONDS = 5

/** Calculates three tiers for a load, from what was measured. Linear: twice the load takes twice as much. */
export function sizeTiers(
  load: SizingLoad,
  costs: MeasuredCosts,
  machine: SizingMachine,
  policy: Policy,
): readonly TierSize[] {
  return TIERS.map((tier) => {
    const flow = flowOf(tier, load)
    const busy = ((flow.spansIn + flow.recordsIn) / PER) * costs.coresPer10k[tier]
    const byCores = busy / machine.utilisation / machine.cores
    const byTraces = tier === 'sampler' ? tracesHeld(load, policy) / policy.sampling.maxTraces : 0
    const collectors = Math.ceil(Math.max(byCores, byTraces)) + 1
    const bytesOf = (spans: number, records: number, at: 0 | 1): number =>
      spans * costs.spanBytes[at] + records * costs.recordBytes[at]
    return {
      tier,
      collectors,
      cores: collectors * machine.cores,
      memoryBytes: collectors * policy.limits.memoryBytes,
      diskBytes: bytesOf(flow.spansOut, flow.recordsOut, 0) * STORED_BYTES * load.outageSeconds,
      inBitsPerSecond: bytesOf(flow.spansIn, flow.recordsIn, tier === 'agent' ? 0 : 1) * BITS,
      outBitsPerSecond: bytesOf(flow.spansOut, flow.recordsOut, 1) * BITS,
    }
  })
}

interface Flow {
  readonly spansIn: number
  readonly recordsIn: number
  readonly spansOut: number
  readonly recordsOut: number
}

function flowOf(tier: Tier, { spansPerSecond, recordsPerSecond, keptTraces, keptRecords }: SizingLoad): Flow {
  const all = { spansIn: spansPerSecond, recordsIn: recordsPerSecond }
  switch (tier) {
    case 'agent':
      return { ...all, spansOut: spansPerSecond, recordsOut: recordsPerSecond }
    case 'gateway':
      return { ...all, spansOut: spansPerSecond, recordsOut: recordsPerSecond * keptRecords }
    case 'sampler':
      return { spansIn: spansPerSecond, recordsIn: 0, spansOut: spansPerSecond * keptTraces, recordsOut: 0 }
  }
}

function tracesHeld({ spansPerSecond, spansPerTrace }: SizingLoad, { sampling }: Policy): number {
  return (spansPerSecond / spansPerTrace) * Math.min(sampling.waitMillis / 1000, AFTER_ROOT_SECONDS)
}

/** As a table in Markdown. */
export function tabulateSizes(sizes: readonly TierSize[]): string {
  const head = ['Tier', 'Collectors', 'Cores', 'Memory', 'Disk', 'Network in', 'Network out']
  const rows = sizes.map((size) => [
    `\`${size.tier}\``,
    format(size.collectors),
    format(size.cores),
    `${format(size.memoryBytes / 2 ** 30)} GiB`,
    `${format(size.diskBytes / 1e9)} GB`,
    `${format(size.inBitsPerSecond / 1e9, 1)} Gbit/s`,
    `${format(size.outBitsPerSecond / 1e9, 1)} Gbit/s`,
  ])
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function format(value: number, digits = 0): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
