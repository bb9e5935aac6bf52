import type { Meter } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { EndpointHealth, Losses, ProcessHold, showOrigin } from '@plutus/sdk'
import type { Engine, EngineHost, StartEngine } from '../engine.ts'
import type { HookRedaction } from '../redaction.ts'
import { routeDiagnostics } from './diagnostics.ts'
import { DISTRO_NAME, readDistroVersion } from './distro.ts'
import { routeErrors } from './global-errors.ts'
import { hasForeignSdk, registerGlobals } from './globals.ts'
import { loadPart } from './load-part.ts'
import type { Pipeline, PipelineParts } from './pipelines.ts'
import { createProviders } from './providers.ts'
import { settingsFromEnvironment } from './settings-from-environment.ts'
import { BatchRedactor } from './redacted-batch.ts'
import type { EngineSettings } from './settings.ts'

const NOWHERE: Engine = { name: 'upstream', destination: 'nowhere', flush: () => Promise.resolve() }

/** Starts OpenTelemetry's own SDK with the settings that variables or `OTEL_CONFIG_FILE` give. */
export const startUpstream: StartEngine = (host) => {
  const warn = (line: string): void => host.warn(line)
  routeDiagnostics(host.config.get('OTEL_LOG_LEVEL'), warn)
  routeErrors()
  if (hasForeignSdk()) {
    warn('An OpenTelemetry SDK is registered already and stays in charge; this hook records nothing')
    return NOWHERE
  }
  if (!host.isWorker && (host.config.get('PLUTUS_SAMPLE_RATE') < 1 || host.config.get('PLUTUS_SAMPLE_ADAPTIVE'))) {
    warn("PLUTUS_SAMPLE_RATE and PLUTUS_SAMPLE_ADAPTIVE have no effect with OpenTelemetry's own SDK")
  }
  if (!host.isWorker && host.config.isSet('PLUTUS_POLICY_FILE')) {
    warn("PLUTUS_POLICY_FILE has no effect with OpenTelemetry's own SDK")
  }
  try {
    const settings = readSettings(host)
    if (settings.logLevel !== undefined) routeDiagnostics(settings.logLevel, warn)
    return start(settings, host.redaction, warn)
  } catch (error) {
    // Nothing here is meant to throw; the application must not pay for it if something does.
    warn(`Telemetry is off: it cannot be set up (${error instanceof Error ? error.name : typeof error})`)
    return NOWHERE
  }
}

/**
 * What is wrong with a file of `OTEL_CONFIG_FILE`, worded to follow its name; `undefined` if it can be used.
 *
 * Throws nothing.
 */
export function findFileProblem(path: string): string | undefined {
  const model = readModel(path)
  return typeof model === 'string' ? model : undefined
}

type Model = ReturnType<ReturnType<typeof loadPart<'config-file'>>['readConfigFile']>

// Who asks whether a file can be used goes on to use it.
const models = new Map<string, Model>()

function readModel(path: string): Model {
  const known = models.get(path)
  if (known !== undefined) return known
  const model = loadPart('config-file').readConfigFile(path)
  models.set(path, model)
  return model
}

function readSettings(host: EngineHost): EngineSettings {
  const file = host.config.get('OTEL_CONFIG_FILE')
  const model = file === undefined ? '' : readModel(file)
  if (file === undefined || typeof model === 'string') {
    return settingsFromEnvironment(host.config, (line) => host.warn(line))
  }
  return loadPart('config-file').settingsFromFile(model, file, host)
}

function start(settings: EngineSettings, redaction: HookRedaction, warn: (line: string) => void): Engine {
  const contextManager = new AsyncLocalStorageContextManager().enable()
  const propagator = settings.propagator && { propagator: settings.propagator }
  if (!settings.enabled) {
    // The specification: a disabled SDK still propagates.
    registerGlobals({ contextManager, ...propagator })
    return NOWHERE
  }
  const losses = new Losses(warn)
  let meter: Meter | undefined
  const parts: PipelineParts = {
    losses,
    health: new EndpointHealth(warn, 'is lost'),
    hold: new ProcessHold(),
    ...(settings.sdkMetrics && { sdkMeter: () => meter }),
    redact: new BatchRedactor(redaction.redactor()),
  }
  const providers = createProviders(settings, parts, warn)
  meter = providers.meterProvider?.getMeter(DISTRO_NAME, readDistroVersion())
  if (meter !== undefined) {
    losses.measureWith(meter)
    redaction.measureWith(meter)
  }
  registerGlobals({ contextManager, ...propagator, ...providers })
  return createEngine(describeDestination(settings), providers.pipelines, losses, redaction)
}

function createEngine(
  destination: string,
  pipelines: readonly Pipeline[],
  losses: Losses,
  redaction: HookRedaction,
): Engine {
  const flushAll = () => Promise.allSettled(pipelines.map((pipeline) => pipeline.flush()))
  const flushAllAndFindings = async (): Promise<void> => {
    const hits = redaction.hits()
    await flushAll()
    // What was masked on the way is told by records and points of its own. Those may tell of more, which is let go: metrics
    // that hold a secret hold it each time.
    if (redaction.hits() !== hits) await flushAll()
  }
  return {
    name: 'upstream',
    destination,
    flush: async (timeoutMillis) => {
      if (pipelines.length === 0) return
      const { promise: late, resolve } = Promise.withResolvers<void>()
      // The one thing that holds the process: nobody would wait for what is under way otherwise.
      const timer = setTimeout(() => {
        for (const pipeline of pipelines) pipeline.stopWaiting()
        resolve()
      }, timeoutMillis)
      await Promise.race([flushAllAndFindings(), late])
      clearTimeout(timer)
      losses.reportUntold()
    },
  }
}

/** Endpoints without credentials, or `console`, or `nowhere`. */
function describeDestination({ traces, metrics, logs }: EngineSettings): string {
  const exporters = [
    ...(traces?.pipelines ?? []).map(({ exporter }) => exporter),
    ...(logs?.pipelines ?? []).map(({ exporter }) => exporter),
    ...(metrics?.readers ?? []).map((reader) => (reader.kind === 'push' ? reader.exporter : reader)),
  ]
  const names = exporters.map((exporter) => {
    if (exporter.kind === 'otlp') return showOrigin(exporter)
    return exporter.kind === 'console' ? 'console' : `Prometheus page on ${exporter.host}:${exporter.port}`
  })
  return names.length === 0 ? 'nowhere' : [...new Set(names)].join(', ')
}
