import type { LoggerProvider, Meter, TracerProvider } from '@opentelemetry/api'
import { createBufferPool } from '@plutus/otlp'
import { createProviders, createTraceSampler, Losses } from '@plutus/sdk'
import type { Metering, OnMetricLoss, Providers } from '@plutus/sdk'
import type { EngineHost } from '../engine.ts'
import { DISTRO_NAME, readDistroVersion } from '../upstream/distro.ts'
import { stampLog, stampSpan } from './context-stamps.ts'
import { describeService } from './describe-service.ts'
import type { ServicePlace } from './describe-service.ts'
import { readLimits } from './limits.ts'
import { loadPart } from './load-part.ts'
import { Outlet } from './outlet.ts'
import { readSampling } from './plutus-settings.ts'
import type { SignalSettingsTable } from './plutus-settings.ts'
import type { ProcessPolicy } from './process-policy.ts'
import type { Sampling } from './sampling.ts'
import { createLateMeter } from './self-metrics.ts'

/** What makes records of one process or thread, and sends them. */
export interface Works {
  /** Absent where the signal goes nowhere. */
  readonly tracerProvider: TracerProvider | undefined
  readonly loggerProvider: LoggerProvider | undefined
  /** Turns into bytes what waits for the end of this turn of the event loop. */
  readonly settle: () => void
  /** What measures, made at the first call; `undefined` where metrics go nowhere. */
  readonly openMetering: () => Metering | undefined
  /** What measures, if anybody has asked for it. */
  readonly metering: () => Metering | undefined
  readonly outlet: Outlet
  readonly losses: Losses
  /** Absent where all is sent. */
  readonly sampling: Sampling | undefined
  /** How many values were masked, and records or metrics lost on their way to bytes, so far. */
  readonly marks: () => number
}

/** What works are made of. */
export interface WorksOptions {
  readonly host: EngineHost
  readonly signals: SignalSettingsTable
  /** Absent where no file is named, or it cannot be used. */
  readonly policy: ProcessPolicy | undefined
  /** Runs a function outside of any request. */
  readonly outside: <R>(run: () => R) => R
  readonly place: ServicePlace
}

// What earlier processes left can wait until this one has started, and sent what it recorded first.
const REPLAY_AFTER_MILLIS = 1250
// Between the first turns of the application, and the first batch and the spool.
const PREPARE_AFTER_MILLIS = 500
// As Node made it: a test of the application may replace it.
const { setTimeout } = globalThis

/** Makes what makes and sends records. Throws only what nobody thought of. */
export function createWorks({ host, signals, policy, outside, place }: WorksOptions): Works {
  const { config, isWorker } = host
  const warn = (line: string): void => host.warn(line)
  const losses = new Losses(warn)
  const service = describeService(config, place)
  const settings = readSampling(config, policy)
  const classRules = policy?.classRules
  const slowMillis = config.isSet('PLUTUS_SLOW_REQUEST_MS') ? undefined : policy?.slowMillis
  const sampling =
    settings && loadPart('sampling').createSampling({ config, settings, classRules, slowMillis, isWorker, outside })
  const outlet = new Outlet({
    signals,
    losses,
    warn,
    pool: createBufferPool(),
    isWorker,
    thread: config.get('PLUTUS_EXPORT_THREAD'),
    maxBytes: config.get('PLUTUS_QUEUE_MAX_BYTES') - (sampling?.maxBytes ?? 0),
    env: withoutNodeOptions(process.env),
    encodeResource: () => providers.encodeResource(service()),
    outside,
    spool: {
      config,
      serviceName: () => String(service()['service.name']),
      workingDirectory: place.workingDirectory,
      ...(signals.metrics && {
        meter: createLateMeter(() => getSelfMeter()),
      }),
    },
  })
  if (!isWorker) {
    outside(() => setTimeout(() => outlet.prepare(), PREPARE_AFTER_MILLIS)).unref()
    outside(() => setTimeout(() => outlet.beginReplay(), REPLAY_AFTER_MILLIS)).unref()
  }
  let metering: Metering | undefined
  const openMetering = (): Metering | undefined => {
    if (metering === undefined && signals.metrics !== undefined) {
      metering = outside(() => createMetering(host, providers, outlet, onMetricLoss))
      if (metering !== undefined) measureSpool(metering, outlet)
    }
    return metering
  }
  const getSelfMeter = (): Meter => {
    const provider = openMetering()?.meterProvider
    if (provider === undefined) throw new Error('metrics go nowhere')
    return provider.getMeter(DISTRO_NAME, readDistroVersion())
  }
  const lateMeter = createLateMeter(getSelfMeter)
  const encodeLosses = lateMeter.createCounter('plutus.encode.losses', {
    unit: '{item}',
    description: 'What records lost on their way to bytes, by reason.',
  })
  const metricLosses = lateMeter.createCounter('plutus.metric.losses', {
    unit: '{item}',
    description: 'Measurements and metrics that are missing or in the overflow point, by reason.',
  })
  let lossesInMaking = 0
  const onMetricLoss: OnMetricLoss = (reason, count) => {
    lossesInMaking += count
    metricLosses.add(count, { 'plutus.reason': reason })
  }
  const providers: Providers = createProviders({
    sampler: createTraceSampler(config.get('OTEL_TRACES_SAMPLER'), config.get('OTEL_TRACES_SAMPLER_ARG')),
    ...readLimits(config),
    onLoss: (reason, kind, count) => {
      lossesInMaking += count
      if (signals.metrics !== undefined) {
        encodeLosses.add(count, { 'plutus.reason': reason, 'plutus.record.kind': kind })
      }
    },
    spans: outlet.buffers.spans,
    logs: outlet.buffers.logs,
    durableLogs: outlet.buffers.durableLogs,
    classRules,
    marksKept: policy?.marksKept,
    createSourceSampler: sampling?.createSourceSampler,
    redact: host.redaction.redactor(),
    stampSpan,
    stampLog,
  })
  if (signals.metrics !== undefined) {
    losses.measureWith(lateMeter)
    host.redaction.measureWith(lateMeter)
  }
  if (sampling !== undefined) {
    const meter = openMetering()?.meterProvider.getMeter(DISTRO_NAME, readDistroVersion())
    if (meter !== undefined) sampling.measureWith(meter)
  }
  const { tracerProvider, loggerProvider } = providers
  const marks = (): number => host.redaction.hits() + lossesInMaking
  const settle = (): void => providers.settle()
  return {
    tracerProvider,
    loggerProvider,
    settle,
    openMetering,
    metering: () => metering,
    outlet,
    losses,
    sampling,
    marks,
  }
}

function createMetering(
  { config }: EngineHost,
  { encoder }: Providers,
  { buffers }: Outlet,
  onLoss: OnMetricLoss,
): Metering | undefined {
  if (buffers.metrics === undefined) return undefined
  return loadPart('metrics').createMeterProvider({
    encoder,
    records: buffers.metrics,
    temporality: config.get('OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE'),
    intervalMillis: config.get('OTEL_METRIC_EXPORT_INTERVAL'),
    callbackTimeoutMillis: config.get('OTEL_METRIC_EXPORT_TIMEOUT'),
    onLoss,
  })
}

/** What is only known when somebody asks. */
function measureSpool({ meterProvider }: Metering, outlet: Outlet): void {
  const meter = meterProvider.getMeter(DISTRO_NAME, readDistroVersion())
  meter
    .createObservableUpDownCounter('plutus.spool.size', { unit: 'By', description: 'Size of the spool on disk.' })
    .addCallback((result) => {
      const { bytes } = outlet.spoolState ?? {}
      if (bytes !== undefined) result.observe(bytes)
    })
  meter
    .createObservableGauge('plutus.spool.age', { unit: 's', description: 'Age of the oldest file of the spool.' })
    .addCallback((result) => {
      const { ageSeconds } = outlet.spoolState ?? {}
      if (ageSeconds !== undefined) result.observe(ageSeconds)
    })
}

/** The export thread is none of the application's: it must not load the hook, or what else the operator preloads. */
function withoutNodeOptions(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _omitted, ...rest } = env
  return rest
}
