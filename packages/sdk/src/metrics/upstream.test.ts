import type { Attributes } from '@opentelemetry/api'
import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer'
import {
  AggregationTemporality,
  InstrumentType,
  MeterProvider as UpstreamProvider,
  MetricReader,
} from '@opentelemetry/sdk-metrics'
import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createApiCaller, operations } from './api-calls.test.helper.ts'
import type { ApiCaller, Operation } from './api-calls.test.helper.ts'
import { readMetrics } from './collected-metric.test.helper.ts'
import type { CollectedMetric, CollectedPoint } from './collected-metric.test.helper.ts'
import { BEGIN, createMetricRig } from './metric-rig.test.helper.ts'
import { selectTemporality } from './temporality.ts'
import type { InstrumentKind, TemporalityPreference } from './temporality.ts'

// What is meant to differ is kept out of the calls, or set right in `tellObservedOnly` and `comparablePoint`:
// - Under delta all points start where the last collection ended (specification); upstream's new ones at their first value.
// - What callbacks do not observe any more is not told (specification); upstream's cumulative points go on for ever.
// - Names that differ in case only are one instrument (specification), and so are equal attributes by content:
//   upstream keeps the caller's object, and tells another set once the caller changes it.
// - NaN and infinite values are ignored; they make upstream's sums useless.
// - Negative values of an observable counter are ignored; upstream reports 0.
// - What a callback observes before it throws is kept; upstream drops it.
// - Attributes without a value make no difference; upstream tells them as empty ones.
// - Upstream's limit of series holds for one interval only, ours for what is told at once.

// The system's clock is that of both, since upstream has no other.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: BEGIN }))
afterEach(() => void vi.useRealTimers())

it.each<TemporalityPreference>(['cumulative', 'delta', 'lowmemory'])(
  'tells under %s what upstream tells of the same calls',
  async (preference) => {
    await fc.assert(
      fc.asyncProperty(operations, async (steps) => {
        const ours = createMetricRig({ temporality: preference, now: Date.now })
        const theirs = createUpstream(preference)
        const callers = [createApiCaller(ours.provider), createApiCaller(theirs.provider)] as const
        const told: CollectedMetric[][] = []
        const expected: CollectedMetric[][] = []
        await play(steps, callers, async () => {
          told.push(await ours.collect())
          expected.push(tellObservedOnly(await theirs.collect(), callers[1].listObserved()))
        })
        expect(told.map(comparable)).toEqual(expected.map(comparable))
        expect(Object.keys(ours.losses).filter((reason) => reason !== 'value_invalid')).toEqual([])
      }),
      { numRuns: 200 },
    )
  },
)

it('lets all delta points of an instrument start where the last collection ended', async () => {
  await fc.assert(
    fc.asyncProperty(operations, async (steps) => {
      const { provider, collect } = createMetricRig({ temporality: 'delta', now: Date.now })
      const wrong: CollectedMetric[] = []
      const ends = new Map<string, number>()
      let lastTime = BEGIN
      await play(steps, [createApiCaller(provider)], async () => {
        for (const metric of await collect()) {
          const { temporality, name, points } = metric
          const starts = new Set(points.map(({ start }) => start))
          const [start = 0] = starts
          // One that was not told before may have been made since, or have had nothing to tell.
          const isRight = start >= (ends.get(name) ?? BEGIN) && (!ends.has(name) || start === lastTime)
          const isWhole = starts.size === 1 && points.every(({ time }) => time === Date.now() && start < time)
          if (temporality === 'delta' && !(isRight && isWhole)) wrong.push(metric)
          ends.set(name, Date.now())
        }
        lastTime = Date.now()
      })
      expect(wrong).toEqual([])
    }),
    { numRuns: 50 },
  )
})

/** Runs a program; each step takes a millisecond. */
async function play(
  steps: readonly Operation[],
  callers: readonly ApiCaller[],
  collect: () => Promise<void>,
): Promise<void> {
  vi.setSystemTime(BEGIN)
  for (const step of steps) {
    vi.setSystemTime(Date.now() + (step.do === 'wait' ? step.millis : 1))
    if (step.do === 'collect') await collect()
    else if (step.do !== 'wait') for (const caller of callers) caller.call(step)
  }
}

const KINDS: Record<InstrumentType, InstrumentKind> = {
  [InstrumentType.COUNTER]: 'counter',
  [InstrumentType.UP_DOWN_COUNTER]: 'up_down_counter',
  [InstrumentType.HISTOGRAM]: 'histogram',
  [InstrumentType.GAUGE]: 'gauge',
  [InstrumentType.OBSERVABLE_COUNTER]: 'observable_counter',
  [InstrumentType.OBSERVABLE_UP_DOWN_COUNTER]: 'observable_up_down_counter',
  [InstrumentType.OBSERVABLE_GAUGE]: 'observable_gauge',
}

class PullReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

function createUpstream(preference: TemporalityPreference) {
  const reader = new PullReader({
    aggregationTemporalitySelector: (type) =>
      selectTemporality(preference, KINDS[type]) === 'delta'
        ? AggregationTemporality.DELTA
        : AggregationTemporality.CUMULATIVE,
  })
  return {
    provider: new UpstreamProvider({ readers: [reader] }),
    collect: async (): Promise<CollectedMetric[]> => {
      const { resourceMetrics } = await reader.collect()
      return readMetrics(ProtobufMetricsSerializer.serializeRequest(resourceMetrics) as Uint8Array)
    },
  }
}

/** Leaves out series of callbacks that did not observe them. */
function tellObservedOnly(
  metrics: readonly CollectedMetric[],
  observed: ReadonlyMap<string, readonly Attributes[]>,
): CollectedMetric[] {
  return metrics
    .map((metric) => {
      const sets = observed.get(metric.name)?.map(sortedText)
      if (sets === undefined) return metric
      return { ...metric, points: metric.points.filter(({ attributes }) => sets.includes(sortedText(attributes))) }
    })
    .filter(({ points }) => points.length > 0)
}

/** A form in which the order of metrics, points and attributes does not matter. */
function comparable(metrics: readonly CollectedMetric[]) {
  return metrics
    .map(({ points, ...metric }) => ({
      ...metric,
      points: points.map((point) => comparablePoint(point, metric)).toSorted(),
    }))
    .toSorted((one, other) => (sortedText(one) < sortedText(other) ? -1 : 1))
}

function comparablePoint(point: CollectedPoint, { name, temporality }: Omit<CollectedMetric, 'points'>): string {
  const { start, value, ...rest } = point
  // Of these, upstream's start is that of the specification.
  const hasSameStart = !name.startsWith('observable') && temporality === 'cumulative'
  return sortedText({
    ...rest,
    value: typeof value === 'bigint' ? `${value}n` : value,
    start: hasSameStart ? start : undefined,
  })
}

function sortedText(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  )
}
