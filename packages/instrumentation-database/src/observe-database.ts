import { createNoopMeter, diag, trace } from '@opentelemetry/api'
import { PlutusOptionError } from '@plutus/conventions'
import { Monitor } from './monitor.ts'
import { ObservedTracerProvider } from './observed-tracer.ts'
import type { PoolListener } from './pool-watch.ts'
import type { OperationListener } from './report.ts'
import { systemOf } from './systems/systems.ts'
import type { System } from './systems/system.ts'
import { addModulePatches, interceptWraps } from './upstream.ts'
import type { DatabaseInstrumentation, UpstreamInternals } from './upstream.ts'

/** Options of {@link observeDatabase}. */
export interface ObserveDatabaseOptions {
  /** Hears of each finished operation once, whether its span was sampled or not. */
  readonly onOperation?: OperationListener
  /**
   * Hears of the state of connection pools outside of any context: when requests have waited for a connection for a
   * second, every ten seconds while they do, when they do no more, and else of a changed state once a minute.
   */
  readonly onPool?: PoolListener
  /** Makes no span for an operation outside of any span; it is measured all the same. @defaultValue false */
  readonly requireParentSpan?: boolean
}

const observed = new WeakSet()
const silentMeters = { getMeter: () => createNoopMeter() }

/**
 * Makes an upstream database instrumentation complete: one span per command under the stable semantic conventions,
 * failures with their codes, durations and pool sizes as metrics whatever the sampler says, no bound value anywhere.
 *
 * Call it right after the instrumentation is created, before its library is loaded. An instrumentation that is no
 * database's, or is observed already, comes back as it is.
 *
 * @returns The same instrumentation.
 * @throws {PlutusOptionError} if an option is unknown or of the wrong type.
 * @example observeDatabase(new PgInstrumentation(), { onOperation: ({ system }) => count(system) })
 */
export function observeDatabase<T extends DatabaseInstrumentation>(
  instrumentation: T,
  options: ObserveDatabaseOptions = {},
): T {
  checkOptions(options)
  const system = systemOf(instrumentation.instrumentationName)
  if (system === undefined) {
    diag.warn(`${instrumentation.instrumentationName} instruments no database known here and stays as it is`)
    return instrumentation
  }
  if (observed.has(instrumentation)) return instrumentation
  observed.add(instrumentation)
  for (const part of partsOf(instrumentation as unknown as UpstreamInternals)) observePart(part, system, options)
  return instrumentation
}

function checkOptions({ onOperation, onPool, requireParentSpan, ...unknown }: ObserveDatabaseOptions): void {
  if (onOperation !== undefined && typeof onOperation !== 'function') {
    throw new PlutusOptionError('observeDatabase.onOperation', 'a function')
  }
  if (onPool !== undefined && typeof onPool !== 'function') {
    throw new PlutusOptionError('observeDatabase.onPool', 'a function')
  }
  if (requireParentSpan !== undefined && typeof requireParentSpan !== 'boolean') {
    throw new PlutusOptionError('observeDatabase.requireParentSpan', 'true or false')
  }
  const [name] = Object.keys(unknown)
  if (name !== undefined)
    throw new PlutusOptionError(`observeDatabase.${name}`, 'onOperation, onPool or requireParentSpan')
}

/** Upstream's redis instrumentation is a shell around one for each generation of the client. */
function partsOf(instrumentation: UpstreamInternals): readonly UpstreamInternals[] {
  const { instrumentationV2_V3, instrumentationV4_V5 } = instrumentation as {
    instrumentationV2_V3?: UpstreamInternals
    instrumentationV4_V5?: UpstreamInternals
  }
  const parts = [instrumentationV2_V3, instrumentationV4_V5].filter((part) => part !== undefined)
  return parts.length === 0 ? [instrumentation] : parts
}

function observePart(instrumentation: UpstreamInternals, system: System, options: ObserveDatabaseOptions): void {
  const { instrumentationName, instrumentationVersion } = instrumentation
  const { requireParentSpan = false, onOperation, onPool } = options
  const provider = trace.getTracerProvider()
  const monitor = new Monitor(provider.getTracer(instrumentationName, instrumentationVersion), {
    onOperation,
    onPool,
    requireParentSpan,
    measures: system.keepsUpstreamMetrics !== true,
    isEnabled: () => instrumentation.isEnabled?.() ?? true,
  })

  const setConfig = instrumentation.setConfig.bind(instrumentation)
  instrumentation.setConfig = (config) => {
    setConfig({ ...config, requireParentSpan: false, ...system.config })
  }
  instrumentation.setConfig(instrumentation.getConfig())

  const setTracerProvider = instrumentation.setTracerProvider.bind(instrumentation)
  instrumentation.setTracerProvider = (provider) => {
    monitor.tracer = provider.getTracer(instrumentationName, instrumentationVersion)
    setTracerProvider(new ObservedTracerProvider(provider, monitor, system.roleOf))
  }
  instrumentation.setTracerProvider(provider)

  const setMeterProvider = instrumentation.setMeterProvider.bind(instrumentation)
  instrumentation.setMeterProvider = (provider) => {
    monitor.setMeterProvider(provider)
    setMeterProvider(system.keepsUpstreamMetrics === true ? provider : silentMeters)
  }
  if (system.keepsUpstreamMetrics !== true) setMeterProvider(silentMeters)

  const wrap = interceptWraps(instrumentation, (target, name) => system.replace?.(target, name, monitor, wrap))
  addModulePatches(instrumentation, system.modulePatches?.(monitor, wrap) ?? [])
  system.adjust?.(instrumentation, monitor)
}
