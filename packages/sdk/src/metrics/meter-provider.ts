import { createNoopMeter } from '@opentelemetry/api'
import type { Meter, MeterProvider } from '@opentelemetry/api'
import { PlutusOptionError } from '@plutus/conventions'
import type { EncodedHeader, Encoder } from '@plutus/otlp'
import { Clock } from '../clock.ts'
import type { RecordBuffer } from '../record-buffer.ts'
import { CallbackRegistry } from './callback-registry.ts'
import { Collector } from './collector.ts'
import { InstrumentRegistry } from './instrument-registry.ts'
import { readMeterScope } from './meter-scope.ts'
import type { MeterScope } from './meter-scope.ts'
import type { EmitMetric, MetricStream } from './metric-stream.ts'
import { ScopeMeter } from './scope-meter.ts'
import type { MeterHome } from './scope-meter.ts'
import { TEMPORALITY_PREFERENCES } from './temporality.ts'
import type { TemporalityPreference } from './temporality.ts'
import { createTroubles } from './troubles.ts'
import type { OnMetricLoss, Troubles } from './troubles.ts'

/** How metrics are collected. */
export interface MeterProviderOptions {
  /** Turns metrics into bytes. */
  readonly encoder: Encoder
  /** Takes the bytes; one collection is one batch of it, unless it is full before. */
  readonly records: Pick<RecordBuffer, 'open' | 'close' | 'flush'>
  /** @defaultValue cumulative */
  readonly temporality?: TemporalityPreference | undefined
  /** Milliseconds between collections, 1 to 2147483647; `Infinity` collects when asked only. @defaultValue 60000 */
  readonly intervalMillis?: number | undefined
  /** Milliseconds that asynchronous callbacks have for one collection, 1 to 2147483647. @defaultValue 30000 */
  readonly callbackTimeoutMillis?: number | undefined
  /** Sets of attributes per instrument, the one for all further ones included; at least 2. @defaultValue 2000 */
  readonly cardinalityLimit?: number | undefined
  /** Is told of measurements that are lost or end up elsewhere. */
  readonly onLoss?: OnMetricLoss | undefined
  /** Unix time in milliseconds. @defaultValue the clock of the process */
  readonly now?: (() => number) | undefined
}

/** A meter provider, and what collects from it. */
export interface Metering {
  readonly meterProvider: MeterProvider
  /** Collects, encodes and hands over what was measured; resolves to the number of points, and never rejects. */
  collect(): Promise<number>
  /** The same at once, for an end of the process that cannot wait for asynchronous callbacks. Never throws. */
  collectNow(): number
  /** Points of the last collection that told anew what the one before it had told. */
  readonly repeated: number
  /** Collects for the last time; what is recorded from now on is not told. Resolves to the number of points, and never rejects. */
  shutdown(): Promise<number>
}

const DEFAULT_INTERVAL_MILLIS = 60_000
const DEFAULT_CALLBACK_TIMEOUT_MILLIS = 30_000
const DEFAULT_CARDINALITY_LIMIT = 2_000
const MAX_TIMER_MILLIS = 2 ** 31 - 1
// Names come from program text; a program that makes them from data must not fill the memory.
const MAX_METERS = 1_000
const MAX_INSTRUMENTS = 10_000

/**
 * Creates a provider of meters with the default aggregations of the specification.
 *
 * @throws {PlutusOptionError} for an option out of its range.
 */
export function createMeterProvider(options: MeterProviderOptions): Metering {
  const settings = resolveOptions(options)
  const { encoder, records } = options
  const troubles = createTroubles(options.onLoss)
  const callbacks = new CallbackRegistry(troubles)
  const now = createRisingClock(options.now)
  const meters = new Map<string, KnownMeter>()
  const told = new WeakMap<MetricStream, number>()
  let repeated = 0
  const handOver = function* (): Generator<number, void> {
    repeated = 0
    for (const meter of meters.values()) {
      for (const stream of meter.instruments.streams) {
        let points = 0
        for (const taken of stream.report(now(), meter.emit)) {
          points += taken
          yield taken
        }
        if (stream.temporality === 'delta') continue
        repeated += Math.min(points, told.get(stream) ?? 0)
        told.set(stream, points)
      }
    }
  }
  const { intervalMillis, callbackTimeoutMillis, cardinalityLimit, temporality } = settings
  const onComplete = (): void => records.flush()
  const collector = new Collector({ callbacks, callbackTimeoutMillis, handOver, onComplete, troubles })
  const home: MeterHome = { now, cardinalityLimit, troubles, callbacks, preference: temporality }
  const room = { left: MAX_INSTRUMENTS }
  const timer = startTimer(intervalMillis, collector)
  let last: Promise<number> | undefined
  let isOver = false
  return {
    meterProvider: {
      getMeter: (name, version, meterOptions) => {
        const scope = readMeterScope(name, version, meterOptions)
        const known = meters.get(scope.key)
        if (known !== undefined) return known.meter
        if (last !== undefined || meters.size >= MAX_METERS) return refuseMeter(troubles)
        const instruments = new InstrumentRegistry(room, troubles)
        const emit = createEmit(scope, { encoder, records }, troubles)
        const made = { meter: new ScopeMeter(home, instruments), instruments, emit }
        meters.set(scope.key, made)
        return made.meter
      },
    },
    collect: () => last ?? collector.collect(),
    collectNow: () => (isOver ? 0 : collector.collectNow()),
    get repeated() {
      return repeated
    },
    shutdown: () => {
      clearInterval(timer)
      last ??= collector.collect().finally(() => {
        isOver = true
      })
      return last
    },
  }
}

interface KnownMeter {
  readonly meter: Meter
  readonly instruments: InstrumentRegistry
  readonly emit: EmitMetric
}

/** Creates what encodes the metrics of one scope. */
function createEmit(
  { name, version, schemaUrl, attributePairs }: MeterScope,
  { encoder, records }: Pick<MeterProviderOptions, 'encoder' | 'records'>,
  troubles: Troubles,
): EmitMetric {
  // It is encoded once there is something of it: a meter that is not used has cost nothing.
  let scope: EncodedHeader | undefined
  return (part) => {
    try {
      scope ??= encoder.encodeScope({ name, version, schemaUrl, attributePairs })
      const out = records.open()
      const start = out.position
      if (!encoder.encodeMetric(out, part)) return 0
      records.close(scope, start, part.points.length)
      return part.points.length
    } catch {
      troubles.lose('metric_failed')
      return 0
    }
  }
}

function refuseMeter(troubles: Troubles): Meter {
  troubles.lose('instrument_limit')
  troubles.warn(`A meter records nothing: metrics have ended, or there are ${MAX_METERS} meters already`)
  return createNoopMeter()
}

/** Starts the timer of regular collections, which keeps no process alive. */
function startTimer(intervalMillis: number, collector: Collector): NodeJS.Timeout | undefined {
  if (intervalMillis === Infinity) return undefined
  return setInterval(() => {
    if (!collector.isRunning) void collector.collect()
  }, intervalMillis).unref()
}

/** A clock whose time never runs backwards, as that of a machine may: a point must not end before it starts. */
function createRisingClock(now: (() => number) | undefined): () => number {
  const clock = new Clock()
  const read = now ?? (() => clock.unixTimeAt(clock.ticks()))
  let latest = 0
  return () => (latest = Math.max(latest, read()))
}

function resolveOptions(options: MeterProviderOptions) {
  const {
    temporality = 'cumulative',
    intervalMillis = DEFAULT_INTERVAL_MILLIS,
    callbackTimeoutMillis = DEFAULT_CALLBACK_TIMEOUT_MILLIS,
    cardinalityLimit = DEFAULT_CARDINALITY_LIMIT,
  } = options
  if (!TEMPORALITY_PREFERENCES.includes(temporality)) {
    throw new PlutusOptionError('metrics.temporality', `one of ${TEMPORALITY_PREFERENCES.join(', ')}`)
  }
  if (intervalMillis !== Infinity) checkRange('metrics.intervalMillis', intervalMillis, 1, MAX_TIMER_MILLIS)
  checkRange('metrics.callbackTimeoutMillis', callbackTimeoutMillis, 1, MAX_TIMER_MILLIS)
  checkRange('metrics.cardinalityLimit', cardinalityLimit, 2, 100_000)
  return { temporality, intervalMillis, callbackTimeoutMillis, cardinalityLimit }
}

function checkRange(option: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw new PlutusOptionError(option, `an integer from ${least} to ${most}`)
}
