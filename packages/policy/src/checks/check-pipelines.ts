import type { CollectorConfig, CollectorRole } from '../collector-config.ts'
import type { BackendName } from '../policy.ts'
import type { ReportCollector } from './collector-rules.ts'
import { listPaths, signalOf, typeOf } from './paths.ts'
import { settingOf, textOf } from './settings.ts'

// They show what passes, on the machine itself.
const LOCAL: ReadonlySet<string> = new Set(['debug', 'nop'])
// Their counts are of one batch each.
const DELTA_SOURCES: ReadonlySet<string> = new Set(['signal_to_metrics', 'count', 'sum'])

/** Checks what every pipeline has to have, and in which order. */
export function checkPipelines(
  config: CollectorConfig,
  role: CollectorRole,
  backend: BackendName,
  report: ReportCollector,
): void {
  const { pipelines } = config.service
  for (const [id, { receivers, processors }] of Object.entries(pipelines)) {
    const component = `pipelines/${id}`
    if (receivers.some((receiver) => !Object.hasOwn(config.connectors, receiver))) {
      const first = processors[0] ?? ''
      const interval = textOf(config.processors[first], 'check_interval')
      if (typeOf(first) !== 'memory_limiter') {
        report('COLLECTOR_MEMORY_LIMITER', component, `${id} does not begin with memory_limiter.`)
      } else if (/^(?:0[a-z]*)?$/.test(interval)) {
        report('COLLECTOR_MEMORY_LIMITER', component, `${first} of ${id} has no check interval.`)
      }
    }
    for (const processor of processors.filter((one) => typeOf(one) === 'batch')) {
      report('COLLECTOR_BATCH', component, `${id} has ${processor}.`)
    }
  }
  if (redacts(role)) checkRedaction(config, report)
  // Datadog alone takes metrics of single batches, and no others.
  if (backend !== 'datadog') checkDelta(config, report)
}

/** Whether a role is where telemetry leaves what it was recorded on, masked. */
export function redacts(role: CollectorRole): boolean {
  return role === 'single' || role === 'gateway'
}

/** By shape and by name, be it in one processor or in two. */
const MASKS_BY = ['blocked_values', 'blocked_key_patterns']

function checkRedaction(config: CollectorConfig, report: ReportCollector): void {
  const told = new Set<string>()
  const isClosed = (id: string): boolean =>
    typeOf(id) === 'transform' && settingOf(config.processors[id], 'error_mode') === 'propagate'
  const hasPatterns = (id: string, list: string): boolean => {
    const patterns = settingOf(config.processors[id], list)
    return typeOf(id) === 'redaction' && Array.isArray(patterns) && patterns.length > 0
  }
  for (const signal of new Set(Object.keys(config.service.pipelines).map(signalOf))) {
    for (const { exporter, processors, pipelines } of listPaths(config, signal, 'any')) {
      // One before them, such as that which makes attributes readable, masks nothing.
      const masksFields = processors.slice(processors.findIndex((id) => typeOf(id) === 'redaction')).some(isClosed)
      const isMasked = MASKS_BY.every((list) => processors.some((id) => hasPatterns(id, list))) && masksFields
      if (isMasked || LOCAL.has(typeOf(exporter)) || told.has(exporter)) continue
      told.add(exporter)
      const wrong = `What comes by ${pipelines.join(' and ')} reaches ${exporter} unmasked.`
      report('COLLECTOR_REDACTION', `exporters/${exporter}`, wrong)
    }
  }
}

function checkDelta(config: CollectorConfig, report: ReportCollector): void {
  for (const signal of ['logs', 'traces']) {
    for (const { connectors, pipelines, processors, exporter } of listPaths(config, signal, 'any')) {
      const isDelta = connectors.some((id) => DELTA_SOURCES.has(typeOf(id)))
      if (!isDelta || processors.some((id) => typeOf(id) === 'delta_to_cumulative')) continue
      const wrong = `${pipelines.at(-1)} hands metrics of single batches to ${exporter}.`
      report('COLLECTOR_DELTA_TO_PROMETHEUS', `exporters/${exporter}`, wrong)
    }
  }
}
