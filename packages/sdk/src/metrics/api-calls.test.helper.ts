import { ValueType } from '@opentelemetry/api'
import type { Attributes, Meter, MeterProvider, Observable } from '@opentelemetry/api'
import * as fc from 'fast-check'
import type { InstrumentKind } from './temporality.ts'

const ATTRIBUTE_SETS: readonly (Attributes | undefined)[] = [
  undefined,
  {},
  { method: 'GET', route: '/pay', status: 200 },
  { status: 200, route: '/pay', method: 'GET' },
  { method: 'GET', route: '/pay', status: '200' },
  { method: 'GET', route: '/refund', status: 500 },
  { method: 'GET', route: '/pay' },
  { ok: true },
  { ok: 'true' },
  { list: ['a', 1, true] },
  { list: ['a', '1', true] },
  { ratio: 0.5, nothing: null },
  { nested: { a: [1, { b: 'c' }] } },
]

const RECORDED = ['counter', 'up_down_counter', 'histogram', 'gauge'] as const
const OBSERVED = ['observable_counter', 'observable_up_down_counter', 'observable_gauge'] as const
type Recorded = (typeof RECORDED)[number]
type Observed = (typeof OBSERVED)[number]

interface InstrumentChoice<K> {
  readonly kind: K
  readonly isInt: boolean
  readonly meter: number
  /** Which of three sets of options, and for observables of two kinds of callbacks. */
  readonly variant: number
}

/** A call of the API. */
type Call =
  | { readonly do: 'record'; readonly on: InstrumentChoice<Recorded>; readonly value: number; readonly set: number }
  | { readonly do: 'observe'; readonly on: InstrumentChoice<Observed>; readonly value: number; readonly set: number }
  | { readonly do: 'unobserve'; readonly on: InstrumentChoice<Observed> }

/** A step of a program. */
export type Operation = Call | { readonly do: 'wait'; readonly millis: number } | { readonly do: 'collect' }

// Eighths add up exactly in any order; sums of other fractions differ in their last digit by it.
const value = fc.integer({ min: -80_000, max: 100_000 }).map((eighths) => eighths / 8)
const set = fc.nat({ max: ATTRIBUTE_SETS.length - 1 })
const choiceOf = <K>(kinds: readonly K[]): fc.Arbitrary<InstrumentChoice<K>> =>
  fc.record({
    kind: fc.constantFrom(...kinds),
    isInt: fc.boolean(),
    meter: fc.nat({ max: 1 }),
    variant: fc.nat({ max: 2 }),
  })
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('record' as const), on: choiceOf(RECORDED), value, set }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('observe' as const), on: choiceOf(OBSERVED), value, set }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unobserve' as const), on: choiceOf(OBSERVED) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), millis: fc.nat({ max: 90_000 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('collect' as const) }) },
)

/** Programs of up to sixty steps, of which the last one collects. */
export const operations: fc.Arbitrary<Operation[]> = fc
  .array(operation, { minLength: 1, maxLength: 60 })
  .map((steps) => [...steps, { do: 'collect' }])

/** The calls of a program on one provider. */
export interface ApiCaller {
  call(step: Call): void
  /** Sets of attributes that callbacks observe, by the name of the metric. */
  listObserved(): ReadonlyMap<string, readonly Attributes[]>
}

/** Creates what makes a program's calls on a provider. */
export function createApiCaller(provider: MeterProvider): ApiCaller {
  const meters = [provider.getMeter('shop', '1.0.0'), provider.getMeter('bank', undefined, { schemaUrl: 'https://s' })]
  const values = new Map<string, Map<number, number>>()
  return {
    listObserved: () =>
      new Map([...values].map(([name, known]) => [name, [...known.keys()].map((set) => ATTRIBUTE_SETS[set] ?? {})])),
    call: (step) => {
      const { on } = step
      const meter = meters[on.meter] as Meter
      const name = nameOf(on)
      if (step.do === 'record') {
        record(meter, step.on, step.value, freshSet(step.set))
        return
      }
      let known = values.get(name)
      if (known === undefined) {
        known = new Map()
        values.set(name, known)
        addCallback(meter, step.on, known)
      }
      if (step.do === 'unobserve') known.clear()
      else known.set(step.set, on.kind === 'observable_counter' ? Math.abs(step.value) : step.value)
    },
  }
}

function nameOf({ kind, isInt, meter, variant }: InstrumentChoice<InstrumentKind>): string {
  return `${kind}.${isInt ? 'int' : 'double'}.${meter}.${variant}`
}

function optionsOf({ isInt, variant }: InstrumentChoice<InstrumentKind>) {
  return {
    unit: ['s', '', 'By'][variant] as string,
    description: ['', 'What it is for', 'x'][variant] as string,
    valueType: isInt ? ValueType.INT : ValueType.DOUBLE,
    ...(variant > 0 && { advice: { explicitBucketBoundaries: [[], [], [100, -5, 0, 2500.5]][variant] as number[] } }),
  }
}

/** Records on an instrument that is asked for anew each time. */
function record(
  meter: Meter,
  choice: InstrumentChoice<Recorded>,
  value: number,
  attributes: Attributes | undefined,
): void {
  const name = nameOf(choice)
  const options = optionsOf(choice)
  if (choice.kind === 'counter') meter.createCounter(name, options).add(value, attributes)
  else if (choice.kind === 'up_down_counter') meter.createUpDownCounter(name, options).add(value, attributes)
  else if (choice.kind === 'gauge') meter.createGauge(name, options).record(value, attributes)
  else meter.createHistogram(name, options).record(value, attributes)
}

function addCallback(meter: Meter, choice: InstrumentChoice<Observed>, values: ReadonlyMap<number, number>): void {
  const observable = createObservable(meter, choice)
  if (choice.variant === 0) {
    observable.addCallback((result) => {
      for (const [set, value] of values) result.observe(value, freshSet(set))
    })
    return
  }
  meter.addBatchObservableCallback(
    async (result) => {
      await Promise.resolve()
      for (const [set, value] of values) result.observe(observable, value, freshSet(set))
    },
    [observable],
  )
}

function createObservable(meter: Meter, choice: InstrumentChoice<Observed>): Observable {
  const name = nameOf(choice)
  const options = optionsOf(choice)
  if (choice.kind === 'observable_counter') return meter.createObservableCounter(name, options)
  if (choice.kind === 'observable_gauge') return meter.createObservableGauge(name, options)
  return meter.createObservableUpDownCounter(name, options)
}

/** One set, sometimes the same object, sometimes another one that is equal. */
function freshSet(set: number): Attributes | undefined {
  const attributes = ATTRIBUTE_SETS[set]
  return set % 2 === 0 ? attributes : structuredClone(attributes)
}
