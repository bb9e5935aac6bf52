import { AsyncLocalStorage } from 'node:async_hooks'
import { createNoopLogger, createNoopMeter, ProxyTracerProvider } from '@opentelemetry/api'
import { showOrigin, StorageContextManager } from '@plutus/sdk'
import type { Engine, EngineHost, StartEngine } from '../engine.ts'
import { routeDiagnostics } from '../upstream/diagnostics.ts'
import { hasForeignSdk, registerGlobals } from '../upstream/globals.ts'
import { createPropagator } from '../upstream/propagators.ts'
import { loadPart } from './load-part.ts'
import { createPlutusEngine, NOWHERE } from './plutus-engine.ts'
import { findUnsupported, readSampling, readSignals } from './plutus-settings.ts'
import type { SignalSettingsTable } from './plutus-settings.ts'
import type { ProcessPolicy } from './process-policy.ts'
import type { Works } from './works.ts'
import { findWorkingDirectory } from '../working-directory.ts'

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
  const { config } = host
  const warn = (line: string): void => host.warn(line)
  const found = createPropagator(config.get('OTEL_PROPAGATORS'))
  const globals = { contextManager: new StorageContextManager(), ...(found && { propagator: found }) }
  if (config.get('OTEL_SDK_DISABLED')) {
    // The specification: a disabled SDK still propagates.
    registerGlobals(globals)
    return NOWHERE
  }
  const signals = readSignals(config, warn)
  const file = config.get('PLUTUS_POLICY_FILE')
  const policy =
    file === undefined ? undefined : loadPart('policy').readProcessPolicy(file, config, host.isWorker ? () => {} : warn)
  const works = createLateWorks(host, signals, policy)
  const noTracers = new ProxyTracerProvider()
  const { traces, logs, metrics } = signals
  registerGlobals({
    ...globals,
    ...(traces && {
      tracerProvider: { getTracer: (...args) => (works.open()?.tracerProvider ?? noTracers).getTracer(...args) },
    }),
    ...(logs && {
      loggerProvider: {
        getLogger: (...args) => works.open()?.loggerProvider?.getLogger(...args) ?? createNoopLogger(),
      },
    }),
    ...(metrics && {
      meterProvider: {
        getMeter: (...args) =>
          works
            .open()
            ?.openMetering()
            ?.meterProvider.getMeter(...args) ?? createNoopMeter(),
      },
    }),
  })
  // Threads of the application meet when they start.
  if (host.isWorker || readSampling(config, policy) !== undefined) works.open()
  if (!host.isWorker) process.on('worker', (worker) => works.open()?.outlet.listen(worker))
  return createPlutusEngine(describeDestination(signals), works.current)
}

/** What makes and sends records, made when the first of them is asked for: many programs end before that. */
interface LateWorks {
  /** Makes them if need be; `undefined` where that failed. Throws nothing. */
  readonly open: () => Works | undefined
  readonly current: () => Works | undefined
}

function createLateWorks(host: EngineHost, signals: SignalSettingsTable, policy: ProcessPolicy | undefined): LateWorks {
  // What is made later must not belong to the request during which it is made, and is told of where the program was.
  const outside = AsyncLocalStorage.snapshot()
  const place = { program: process.argv[1], workingDirectory: findWorkingDirectory() }
  let works: Works | undefined
  let isOpen = false
  const open = (): Works | undefined => {
    if (isOpen) return works
    isOpen = true
    try {
      works = outside(() => loadPart('works').createWorks({ host, signals, policy, outside, place }))
    } catch (error) {
      host.warn(`Telemetry is off: it cannot be set up (${error instanceof Error ? error.name : typeof error})`)
    }
    return works
  }
  return { open, current: () => works }
}

/** Endpoints without credentials, or `nowhere`. */
function describeDestination(signals: SignalSettingsTable): string {
  const names = Object.values(signals).map(({ target }) => showOrigin(target.settings))
  return names.length === 0 ? 'nowhere' : [...new Set(names)].join(', ')
}
