import type { CollectorConfig, CollectorRole } from '../collector-config.ts'
import { CLASS_ORDER } from '../policy-fields.ts'
import type { Policy } from '../policy.ts'
import { redacts } from './check-pipelines.ts'
import type { ReportCollector } from './collector-rules.ts'
import { listPaths, namesAnyClass, namesHeadKeep, routesOf, routesOfClass, typeOf } from './paths.ts'
import type { CollectorPath } from './paths.ts'
import { settingOf } from './settings.ts'

/** Processors that let some of what they get pass, and not the rest. */
const CHOOSERS: ReadonlySet<string> = new Set([
  'tail_sampling',
  'probabilistic_sampler',
  'adaptive_tail_sampling',
  'filter',
  'log_dedup',
  'logdedup',
  'span_pruning',
])
const ARCHIVES: ReadonlySet<string> = new Set(['file', 'awss3'])
const NOWHERE: ReadonlySet<string> = new Set(['debug', 'nop'])

/** Checks the ways of classes and of traces that are kept. */
export function checkRoutes(
  config: CollectorConfig,
  policy: Policy,
  role: CollectorRole,
  report: ReportCollector,
): void {
  checkTables(config, report)
  if (role === 'sampler') return
  for (const name of CLASS_ORDER) {
    const paths = listPaths(config, 'logs', { dataClass: name })
    const { keep, durable } = policy.classes[name]
    if (keep === 'all') refuseChoosers(config, `records of ${name}`, paths, report)
    if (durable && redacts(role)) checkWays(name, paths, report)
  }
  refuseChoosers(config, 'spans that are kept from the head', listPaths(config, 'traces', 'head-kept'), report)
  checkUnknownClass(config, report)
}

function checkTables(config: CollectorConfig, report: ReportCollector): void {
  for (const connector of Object.keys(config.connectors).filter((id) => typeOf(id) === 'routing')) {
    const routes = routesOf(config, connector)
    const component = `connectors/${connector}`
    for (const { condition } of routes) {
      if (!condition.includes('"plutus.keep"') || namesAnyClass(condition)) continue
      report('COLLECTOR_LATE_KEEP', component, `${connector} routes by plutus.keep.`)
    }
    if (!routes.some(({ condition }) => namesAnyClass(condition) && !namesHeadKeep(condition))) continue
    for (const name of CLASS_ORDER) {
      const count = routesOfClass(config, connector, name).length
      if (count < 2) continue
      report('COLLECTOR_CLASS_ROUTE', component, `${connector} has ${count} routes for the class ${name}.`)
    }
  }
  for (const name of CLASS_ORDER) {
    if (listPaths(config, 'logs', { dataClass: name }).length > 0) continue
    if (listPaths(config, 'logs', 'any').length === 0) continue
    report('COLLECTOR_CLASS_ROUTE', 'pipelines', `Records of the class ${name} reach no exporter.`)
  }
}

function refuseChoosers(
  config: CollectorConfig,
  what: string,
  paths: readonly CollectorPath[],
  report: ReportCollector,
): void {
  const isChooser = (id: string): boolean => CHOOSERS.has(typeOf(id)) && !refusesLinks(config, id)
  const found = new Set(paths.flatMap(({ processors }) => processors.filter(isChooser)))
  for (const id of found) {
    report('COLLECTOR_SAMPLER_ON_KEPT', `processors/${id}`, `${id} is on the way of ${what}.`)
  }
}

/** Whether a filter drops nothing but spans with links, which no collector can mask. */
function refusesLinks(config: CollectorConfig, id: string): boolean {
  const settings = config.processors[id]
  const conditions = settingOf(settings, 'trace_conditions')
  return (
    typeOf(id) === 'filter' &&
    Object.keys(settings ?? {}).every((name) => ['error_mode', 'trace_conditions'].includes(name)) &&
    Array.isArray(conditions) &&
    conditions.every((one) => typeof one === 'string' && /^Len\(span[.]links\) > 0 and (?!.*\bor\b)/.test(one))
  )
}

function checkWays(name: string, paths: readonly CollectorPath[], report: ReportCollector): void {
  // A derived metric is not the record.
  const exporters = paths
    .filter(({ pipelines }) => typeOf(pipelines.at(-1) as string) === 'logs')
    .map(({ exporter }) => exporter)
  const hasArchive = exporters.some((id) => ARCHIVES.has(typeOf(id)))
  const hasBackend = exporters.some((id) => !ARCHIVES.has(typeOf(id)) && !NOWHERE.has(typeOf(id)))
  if (hasArchive && hasBackend) return
  const lacking = [hasBackend ? [] : ['backend'], hasArchive ? [] : ['archive']].flat().join(' and ')
  report('COLLECTOR_DURABLE_WAYS', `pipelines/logs/${name}`, `The class ${name} has no ${lacking}.`)
}

function checkUnknownClass(config: CollectorConfig, report: ReportCollector): void {
  const unknown = listPaths(config, 'logs', 'unknown class')
  const application = listPaths(config, 'logs', { dataClass: 'application' })
  if (endsOf(unknown) !== endsOf(application)) {
    const wrong = 'Records of an unknown class go another way than those of application.'
    report('COLLECTOR_UNKNOWN_CLASS', 'pipelines', wrong)
  }
  for (const id of new Set(unknown.flatMap(({ processors }) => processors))) {
    if (!CHOOSERS.has(typeOf(id)) || choosesByClass(config, id)) continue
    const wrong = `${id} chooses among records of no class and of an unknown one.`
    report('COLLECTOR_UNKNOWN_CLASS', `processors/${id}`, wrong)
  }
}

function endsOf(paths: readonly CollectorPath[]): string {
  return [...new Set(paths.map(({ exporter }) => exporter))].sort().join()
}

/** Whether a filter drops only what says its class: each of its conditions on records names one and needs all it says. */
function choosesByClass(config: CollectorConfig, id: string): boolean {
  const settings = config.processors[id]
  const conditions = settingOf(settings, 'log_conditions') ?? settingOf(settings, 'logs', 'log_record')
  return (
    typeOf(id) === 'filter' &&
    Array.isArray(conditions) &&
    conditions.every((one) => typeof one === 'string' && namesAnyClass(one.split(' and ', 1)[0] as string))
  )
}
