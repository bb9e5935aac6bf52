import { createNoopMeter } from '@opentelemetry/api'
import type {
  BatchObservableCallback,
  Counter,
  Gauge,
  Histogram,
  Meter,
  MetricOptions,
  Observable,
  ObservableCounter,
  ObservableGauge,
  ObservableUpDownCounter,
  UpDownCounter,
} from '@opentelemetry/api'
import { Admission } from './admission.ts'
import type { CallbackRegistry } from './callback-registry.ts'
import type { InstrumentDescription } from './instrument-description.ts'
import type { InstrumentRegistry } from './instrument-registry.ts'
import type { MetricStream, StreamHome } from './metric-stream.ts'
import { ObservableInstrument } from './observable-instrument.ts'
import { ObservedStream } from './observed-stream.ts'
import { RecordedStream } from './recorded-stream.ts'
import { GaugeInstrument, HistogramInstrument, SumInstrument } from './recording-instruments.ts'
import { HistogramSeries, NumberSeries } from './series.ts'
import { selectTemporality } from './temporality.ts'
import type { InstrumentKind, Temporality, TemporalityPreference } from './temporality.ts'

/** What meters of one provider share. */
export interface MeterHome extends StreamHome {
  readonly callbacks: CallbackRegistry
  readonly preference: TemporalityPreference
}

const NOOP = createNoopMeter()

/** Creates instruments of one instrumentation scope. */
export class ScopeMeter implements Meter {
  readonly #home: MeterHome
  readonly #instruments: InstrumentRegistry

  constructor(home: MeterHome, instruments: InstrumentRegistry) {
    this.#home = home
    this.#instruments = instruments
  }

  createCounter(name: string, options?: MetricOptions): Counter {
    return this.#create('counter', name, options, this.#createSum) ?? NOOP.createCounter(name)
  }

  createUpDownCounter(name: string, options?: MetricOptions): UpDownCounter {
    return this.#create('up_down_counter', name, options, this.#createSum) ?? NOOP.createUpDownCounter(name)
  }

  createGauge(name: string, options?: MetricOptions): Gauge {
    return this.#create('gauge', name, options, this.#createGauge) ?? NOOP.createGauge(name)
  }

  createHistogram(name: string, options?: MetricOptions): Histogram {
    return this.#create('histogram', name, options, this.#createHistogram) ?? NOOP.createHistogram(name)
  }

  createObservableCounter(name: string, options?: MetricOptions): ObservableCounter {
    return this.#observe('observable_counter', name, options) ?? NOOP.createObservableCounter(name)
  }

  createObservableUpDownCounter(name: string, options?: MetricOptions): ObservableUpDownCounter {
    return this.#observe('observable_up_down_counter', name, options) ?? NOOP.createObservableUpDownCounter(name)
  }

  createObservableGauge(name: string, options?: MetricOptions): ObservableGauge {
    return this.#observe('observable_gauge', name, options) ?? NOOP.createObservableGauge(name)
  }

  addBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    this.#home.callbacks.add({ kind: 'batch', callback, observables })
  }

  removeBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    this.#home.callbacks.remove({ kind: 'batch', callback, observables })
  }

  /** The instrument, an equal one that is there already, or undefined where there can be none. */
  #create<I extends object>(
    kind: InstrumentKind,
    name: string,
    options: MetricOptions | undefined,
    make: (description: InstrumentDescription, temporality: Temporality) => Made<I>,
  ): I | undefined {
    const { preference } = this.#home
    // Of one kind there is one class of instruments, so what is found for this kind is one of it.
    return this.#instruments.getOrAdd(kind, name, options, (description) =>
      make(description, selectTemporality(preference, kind)),
    ) as I | undefined
  }

  #observe(kind: InstrumentKind, name: string, options: MetricOptions | undefined): ObservableInstrument | undefined {
    return this.#create(kind, name, options, this.#createObservable)
  }

  readonly #createSum = (description: InstrumentDescription, temporality: Temporality): Made<SumInstrument> => {
    const stream = this.#streamOfNumbers(description, temporality)
    return { stream, instrument: new SumInstrument(stream, this.#admissionTo(description)) }
  }

  readonly #createGauge = (description: InstrumentDescription, temporality: Temporality): Made<GaugeInstrument> => {
    const stream = this.#streamOfNumbers(description, temporality)
    return { stream, instrument: new GaugeInstrument(stream, this.#admissionTo(description)) }
  }

  readonly #createHistogram = (
    description: InstrumentDescription,
    temporality: Temporality,
  ): Made<HistogramInstrument> => {
    const stream = new RecordedStream(
      description,
      temporality,
      this.#home,
      (key, pairs, startTime) => new HistogramSeries(key, pairs, startTime, description.bounds),
    )
    return { stream, instrument: new HistogramInstrument(stream, this.#admissionTo(description)) }
  }

  readonly #createObservable = (
    description: InstrumentDescription,
    temporality: Temporality,
  ): Made<ObservableInstrument> => {
    const stream = new ObservedStream(description, temporality, this.#home)
    const { callbacks } = this.#home
    return { stream, instrument: new ObservableInstrument(stream, this.#admissionTo(description), callbacks) }
  }

  #streamOfNumbers(description: InstrumentDescription, temporality: Temporality): RecordedStream<NumberSeries> {
    return new RecordedStream(
      description,
      temporality,
      this.#home,
      (key, pairs, startTime) => new NumberSeries(key, pairs, startTime),
    )
  }

  #admissionTo(description: InstrumentDescription): Admission {
    return new Admission(description, this.#home.troubles)
  }
}

/** An instrument, and what its measurements become. */
export interface Made<I extends object> {
  readonly instrument: I
  readonly stream: MetricStream
}
