import { AsyncLocalStorage } from 'node:async_hooks'
import type { ResolvedConfig } from '@plutus/config'
import { createBufferPool } from '@plutus/otlp'
import { createMeterProvider, createProviders, createTraceSampler, Losses, StorageContextManager } from '@plutus/sdk'
import type { Metering, OnMetricLoss, Providers } from '@plutus/sdk'
import type { Engine, EngineHost, StartEngine } from '../engine.ts'
import { routeDiagnostics } from '../upstream/diagnostics.ts'
import { DISTRO_NAME, readDistroVersion } from '../upstream/distro.ts'
import { hasForeignSdk, registerGlobals } from '../upstream/globals.ts'
import { showOrigin } from '../upstream/otlp-from-environment.ts'
import { createPropagator } from '../upstream/propagators.ts'
import { stampLog, stampSpan } from './context-stamps.ts'
import { createPlutusEngine, NOWHERE } from './plutus-engine.ts'
import { describeService } from './describe-service.ts'
import { readLimits } from './limits.ts'
import { loadPart } from './load-part.ts'
import { Outlet } from './outlet.ts'
import { findUnsupported, readSignals } from './plutus-settings.ts'
import type { SignalSettingsTable } from './plutus-settings.ts'
import { createLateMeter } from './self-metrics.ts'

/** Starts our own engine, or upstream's SDK where a setting asks for what only that does. */
export const startPlutus: StartEngine = (host) => {
  const unsupported = findUnsupported(host.config)
  if (unsupported !== undefined) {
    host.info(`OpenTelemetry's own SDK sends telemetry, since ${unsupported}`)
    return loadPart('upstream').startUpstream(host)
  }
  const warn = (line: string): void => host.warn(line)
  routeDiagnostics(host.config.get('OTEL_LOG_LEVEL'), warn)
  if (hasForeignSdk()) {
    warn('An OpenTelemetry SDK is registered already and stays in charge; this hook records nothing')
    return NOWHERE
  }
  try {
    return start(host)
  } catch (error) {
    // Nothing here is meant to throw; the application must not pay for it if something does.
    warn(`Telemetry is off: it cannot be set up (${error instanceof Error ? error.name : typeof error})`)
    return NOWHERE
  }
}

function start(host: EngineHost): Engine {
  const { config, isWorker } = host
  const warn = (line: string): void => host.warn(line)
  const found = createPropagator(config.get('OTEL_PROPAGATORS'))
  const globals = { contextManager: new StorageContextManager(), ...(found && { propagator: found }) }
  if (config.get('OTEL_SDK_DISABLED')) {
    // The specification: a disabled SDK still propagates.
    registerGlobals(globals)
    return NOWHERE
  }
  const signals = readSignals(config, warn)
  const losses = new Losses(warn)
  const service = describeService(config)
  // What is made later must not belong to the request during which it is made.
  const outside = AsyncLocalStorage.snapshot() as <R>(run: () => R) => R
  const sampling = isSampling(config) ? loadPart('sampling').createSampling({ config, isWorker, outside }) : undefined
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
  })
  const lateMeter = createLateMeter(() => {
    const provider = metering?.meterProvider
    if (provider === undefined) throw new Error('metrics go nowhere')
    return provider.getMeter(DISTRO_NAME, readDistroVersion())
  })
  const encodeLosses = lateMeter.createCounter('plutus.encode.losses', {
    unit: '{item}',
    description: 'What records lost on their way to bytes, by reason.',
  })
  const providers: Providers = createProviders({
    sampler: createTraceSampler(config.get('OTEL_TRACES_SAMPLER'), config.get('OTEL_TRACES_SAMPLER_ARG')),
    ...readLimits(config),
    onLoss: (reason, kind, count) => {
      if (metering !== undefined) encodeLosses.add(count, { 'plutus.reason': reason, 'plutus.record.kind': kind })
    },
    spans: outlet.buffers.spans,
    logs: outlet.buffers.logs,
    durableLogs: outlet.buffers.durableLogs,
    createSourceSampler: sampling?.createSourceSampler,
    stampSpan,
    stampLog,
  })
  const metricLosses = lateMeter.createCounter('plutus.metric.losses', {
    unit: '{item}',
    description: 'Measurements and metrics that are missing or in the overflow point, by reason.',
  })
  const onMetricLoss: OnMetricLoss = (reason, count) => metricLosses.add(count, { 'plutus.reason': reason })
  const metering = createMetering(host, signals, providers, outlet, onMetricLoss)
  if (metering !== undefined) {
    losses.measureWith(lateMeter)
    sampling?.measureWith(metering.meterProvider.getMeter(DISTRO_NAME, readDistroVersion()))
  }
  const { tracerProvider, loggerProvider } = providers
  registerGlobals({
    ...globals,
    ...(tracerProvider && { tracerProvider }),
    ...(loggerProvider && { loggerProvider }),
    ...(metering && { meterProvider: metering.meterProvider }),
  })
  return createPlutusEngine(describeDestination(signals), outlet, { metering, sampling })
}

function isSampling(config: ResolvedConfig): boolean {
  return config.get('PLUTUS_SAMPLE_RATE') < 1 || config.get('PLUTUS_SAMPLE_ADAPTIVE')
}

function createMetering(
  { config }: EngineHost,
  { metrics }: SignalSettingsTable,
  { encoder }: Providers,
  { buffers }: Outlet,
  onLoss: OnMetricLoss,
): Metering | undefined {
  if (metrics === undefined || buffers.metrics === undefined) return undefined
  return createMeterProvider({
    encoder,
    records: buffers.metrics,
    temporality: config.get('OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE'),
    intervalMillis: config.get('OTEL_METRIC_EXPORT_INTERVAL'),
    callbackTimeoutMillis: config.get('OTEL_METRIC_EXPORT_TIMEOUT'),
    onLoss,
  })
}

/** Endpoints without credentials, or `nowhere`. */
function describeDestination(signals: SignalSettingsTable): string {
  const names = Object.values(signals).map(({ target }) => showOrigin(target.settings))
  return names.length === 0 ? 'nowhere' : [...new Set(names)].join(', ')
}

/** The export thread is none of the application's: it must not load the hook, or what else the operator preloads. */
function withoutNodeOptions(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _omitted, ...rest } = env
  return rest
}
