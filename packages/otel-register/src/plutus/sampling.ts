import { diag } from '@opentelemetry/api'
import type { Meter } from '@opentelemetry/api'
import type { ResolvedConfig } from '@plutus/config'
import { AdaptiveRate, createLoadMeter, SourceSampler } from '@plutus/sdk'
import type { ClassRules, SamplerParts, SamplingReason } from '@plutus/sdk'
import { openKeepLink } from './keep-link.ts'
import type { SamplingSettings } from './plutus-settings.ts'

/** What sampling is made of. */
export interface SamplingOptions {
  readonly config: ResolvedConfig
  readonly settings: SamplingSettings
  /** What a policy file says of classes. */
  readonly classRules: ClassRules | undefined
  /** From when on a request is slow. @defaultValue what `PLUTUS_SLOW_REQUEST_MS` says */
  readonly slowMillis: number | undefined
  /** A worker thread of the application. */
  readonly isWorker: boolean
  /** Runs a function outside of any request. */
  readonly outside: <R>(run: () => R) => R
}

/** Sampling at the source, as the hook holds it. */
export interface Sampling {
  /** Memory that it takes of what is meant for everything unsent, in bytes. */
  readonly maxBytes: number
  /** Makes the sampler, once. */
  readonly createSourceSampler: (parts: SamplerParts) => SourceSampler
  /** From now on counts as `plutus.sampling.*`. */
  measureWith(meter: Meter): void
  /** The process may end: what is open is sent. Throws nothing. */
  settle(): void
  /** The process or thread ends. Throws nothing. */
  end(): void
}

const TICK_MILLIS = 1000
// The part of the memory for unsent telemetry that may wait to be decided.
const SHARE = 4
// Those that keep all that they see, so that the rate is the share of all traces.
const KEEPS_ALL: ReadonlySet<string> = new Set(['always_on', 'parentbased_always_on'])

// As Node made it: a test of the application may replace it.
const { setInterval } = globalThis

/** Prepares sampling at the source. */
export function createSampling(options: SamplingOptions): Sampling {
  const { config, settings, classRules, isWorker, outside } = options
  const millis = options.slowMillis ?? config.get('PLUTUS_SLOW_REQUEST_MS')
  const { rate, adaptive } = settings
  const maxBytes = Math.floor(config.get('PLUTUS_QUEUE_MAX_BYTES') / SHARE)
  let sampler: SourceSampler | undefined
  let tellThreads: ((key: number) => void) | undefined
  const openLink = (): void => {
    quietly(() => {
      tellThreads = outside(() => openKeepLink((key) => quietly(() => sampler?.keepTrace(key))))
    })
  }
  if (isWorker) openLink()
  else process.once('worker', openLink)
  return {
    maxBytes,
    createSourceSampler: (parts) => {
      const created = new SourceSampler(
        {
          rate,
          slow: { millis, routes: config.get('PLUTUS_SLOW_REQUEST_ROUTES') },
          classRules,
          maxBytes,
          isRateKnown: KEEPS_ALL.has(config.get('OTEL_TRACES_SAMPLER')),
          onKeep: (key) => tellThreads?.(key),
        },
        parts,
      )
      sampler = created
      const adapt = adaptive ? createAdaption(rate) : undefined
      const tick = (): void => {
        const adapted = adapt?.()
        if (adapted !== undefined && adapted !== created.rate) created.rate = adapted
        created.tick()
      }
      outside(() => setInterval(() => quietly(tick), TICK_MILLIS)).unref()
      return created
    },
    measureWith: (meter) => {
      if (sampler !== undefined) measure(sampler, meter)
    },
    settle: () => quietly(() => sampler?.settle()),
    end: () => quietly(() => sampler?.end(isWorker)),
  }
}

/** Returns a function that tells the rate for the load since it was called last. */
function createAdaption(rate: number): () => number {
  const adaptive = new AdaptiveRate(rate)
  const readLoad = createLoadMeter()
  return () => adaptive.adapt(readLoad())
}

function measure(sampler: SourceSampler, meter: Meter): void {
  meter
    .createObservableCounter('plutus.sampling.traces', {
      unit: '{trace}',
      description: 'Traces, or parts of them, that were sent and that were dropped at the source, by reason.',
    })
    .addCallback((result) => {
      const { sent, dropped } = sampler.counts
      const observe = (decision: string, counts: ReadonlyMap<SamplingReason, number>): void => {
        for (const [reason, count] of counts) {
          result.observe(count, { 'plutus.sampling.decision': decision, 'plutus.reason': reason })
        }
      }
      observe('sent', sent)
      observe('dropped', dropped)
    })
  meter
    .createObservableCounter('plutus.sampling.dropped', {
      unit: '{item}',
      description: 'Spans and log records that were not sent because their trace was dropped at the source.',
    })
    .addCallback((result) => {
      const { droppedSpans, droppedRecords } = sampler.counts
      result.observe(droppedSpans, { 'plutus.signal': 'traces' })
      result.observe(droppedRecords, { 'plutus.signal': 'logs' })
    })
  meter
    .createObservableCounter('plutus.sampling.torn', {
      unit: '{trace}',
      description: 'Traces that were kept after a part of them had been dropped.',
    })
    .addCallback((result) => result.observe(sampler.counts.torn))
  meter
    .createObservableGauge('plutus.sampling.rate', {
      unit: '1',
      description: 'Share of traces that is sent although nothing in them asks for it.',
    })
    .addCallback((result) => result.observe(sampler.rate))
  meter
    .createObservableUpDownCounter('plutus.sampling.held', {
      unit: 'By',
      description: 'Memory of traces that are not decided.',
    })
    .addCallback((result) => result.observe(sampler.heldBytes))
}

function quietly(run: () => void): void {
  try {
    run()
  } catch (error) {
    diag.error('sampling at the source failed', error)
  }
}
