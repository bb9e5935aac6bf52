import { CATALOGUE, WHO_DID_WHAT } from '@plutus/conventions'
import type { EventDefinition } from '@plutus/conventions'
import type { PositionOf } from './complete-policy.ts'
import { matchesName } from './match-name.ts'
import { createProblem } from './policy-error.ts'
import type { PolicyProblem } from './policy-error.ts'
import { CLASS_ORDER } from './policy-fields.ts'
import { FILE_FACTOR } from './file-factor.ts'
import type { PolicyRuleCode } from './policy-rules.ts'
import type { MetricPolicy, Policy } from './policy.ts'

/** Of several members that do not hold together, the first that a file says is the one to look at. */
type Report = (code: PolicyRuleCode, path: string | readonly [string, ...string[]], wrong: string) => void
type Check = (policy: Policy, report: Report) => void

// Of the memory, what the sampler's traces may take: the rest is for queues, batches and the garbage of Go.
const TRACES_SHARE = 0.5
// Attributes of the record itself, which every record may have.
const ON_EVERY_RECORD = new Set([...WHO_DID_WHAT, 'error.type'])
const NUMBERS: ReadonlySet<string> = new Set(['integer', 'number', 'fraction', 'minor-units'])

const CHECKS: readonly Check[] = [
  checkPeriods,
  checkDurable,
  checkMatch,
  checkTiers,
  checkQueues,
  checkSampling,
  checkMetrics,
  checkAlerts,
]

/** Finds what a policy decides that cannot hold together. */
export function checkPolicy(
  policy: Policy,
  positionOf: PositionOf,
  isSaid: (path: string) => boolean,
): PolicyProblem[] {
  const problems: PolicyProblem[] = []
  const report: Report = (code, paths, wrong) => {
    const path = typeof paths === 'string' ? paths : (paths.find(isSaid) ?? paths[0])
    problems.push(createProblem(code, path, positionOf(path), wrong))
  }
  for (const check of CHECKS) check(policy, report)
  return problems
}

/** Bytes that the queues of a policy may take on disk when all are full and the largest is being compacted. */
export function queueBytes({ classes, limits, targets }: Policy): number {
  const queues = [
    limits.tracesQueueBytes,
    limits.metricsQueueBytes,
    ...CLASS_ORDER.flatMap((name) => {
      const { queueBytes: bytes, archiveDays } = classes[name]
      // The archive on S3 is a second way out with a queue of its own; files are written at once.
      return archiveDays > 0 && targets.archive === 's3' ? [bytes, bytes] : [bytes]
    }),
  ]
  return queues.reduce((sum, bytes) => sum + bytes * FILE_FACTOR, Math.max(...queues))
}

function checkPeriods({ classes }: Policy, report: Report): void {
  for (const name of CLASS_ORDER) {
    const { searchableDays, archiveDays } = classes[name]
    if (archiveDays === 0 || archiveDays >= searchableDays) continue
    const wrong = `Records of ${name} leave the archive after ${archiveDays}d and can be searched for ${searchableDays}d.`
    report('POLICY_ARCHIVE_BELOW_SEARCHABLE', `classes.${name}.archive`, wrong)
  }
}

function checkDurable({ classes }: Policy, report: Report): void {
  for (const name of CLASS_ORDER) {
    const { durable, keep, archiveDays, immutable } = classes[name]
    const path = `classes.${name}`
    if (durable && archiveDays === 0) {
      report('POLICY_DURABLE_NEEDS_ARCHIVE', `${path}.archive`, `The class ${name} is durable and has no archive.`)
    }
    if (durable && keep !== 'all') {
      report('POLICY_DURABLE_NEEDS_KEEP', `${path}.keep`, `The class ${name} is durable and does not keep all.`)
    }
    if (immutable && (!durable || archiveDays === 0)) {
      const wrong = `The class ${name} is immutable and ${durable ? 'has no archive' : 'is not durable'}.`
      report('POLICY_IMMUTABLE_NEEDS_ARCHIVE', `${path}.immutable`, wrong)
    }
  }
}

function checkMatch({ classes }: Policy, report: Report): void {
  if (classes.application.match.length > 0) {
    report('POLICY_CATCH_ALL', 'classes.application.match', 'The class application has a match.')
  }
  for (const name of CLASS_ORDER) {
    for (const [at, { events, severity }] of classes[name].match.entries()) {
      if (severity !== undefined || (events !== undefined && events.length > 0)) continue
      report('POLICY_MATCH_EMPTY', `classes.${name}.match[${at}]`, `A match of the class ${name} says nothing.`)
    }
  }
}

function checkTiers({ tiers: { hotDays, warmDays, coldDays } }: Policy, report: Report): void {
  if (hotDays < warmDays && warmDays < coldDays) return
  const wrong = `The tiers end after ${hotDays}d, ${warmDays}d and ${coldDays}d.`
  report('POLICY_TIERS_ORDER', hotDays < warmDays ? 'tiers.cold' : 'tiers.warm', wrong)
}

function checkQueues(policy: Policy, report: Report): void {
  const { diskBytes, diskAlertShare } = policy.limits
  const needed = queueBytes(policy)
  const room = diskBytes * diskAlertShare
  if (needed <= room) return
  const wrong = `All queues full may take ${inMib(needed)}, and ${inMib(room)} of the disk are below its alert.`
  const { tracesQueueBytes, metricsQueueBytes } = policy.limits
  const queues: readonly (readonly [path: string, bytes: number])[] = [
    ...CLASS_ORDER.map((name) => [`classes.${name}.queue`, policy.classes[name].queueBytes] as const),
    ['limits.traces_queue', tracesQueueBytes],
    ['limits.metrics_queue', metricsQueueBytes],
  ]
  const largestFirst = queues.toSorted(([, one], [, other]) => other - one).map(([path]) => path)
  report('POLICY_QUEUES_EXCEED_DISK', ['limits.disk', ...largestFirst, 'limits.disk_alert', 'targets.archive'], wrong)
}

function checkSampling({ sampling, limits }: Policy, report: Report): void {
  const { decidedBy, rate, adaptive, maxTraces, traceBytes, waitMillis, slowMillis } = sampling
  const needed = maxTraces * traceBytes
  const room = limits.memoryBytes * TRACES_SHARE
  if (decidedBy === 'collector' && needed > room) {
    const wrong = `The traces that are held take ${inMib(needed)}, and half of the memory is ${inMib(room)}.`
    report('POLICY_TRACES_EXCEED_MEMORY', ['sampling.max_traces', 'sampling.trace_size', 'limits.memory'], wrong)
  }
  if (decidedBy === 'collector' && rate < 1 && waitMillis <= slowMillis) {
    const wrong = `A collector waits ${waitMillis} ms, and traces are slow from ${slowMillis} ms on.`
    report('POLICY_WAIT_BELOW_SLOW', ['sampling.wait', 'sampling.slow'], wrong)
  }
  if (adaptive && decidedBy !== 'process') {
    report('POLICY_ADAPTIVE_NEEDS_PROCESS', 'sampling.adaptive', 'Sampling is adaptive and the collector decides.')
  }
}

function checkMetrics({ metrics }: Policy, report: Report): void {
  for (const [name, metric] of Object.entries(metrics)) {
    const path = `metrics.${name}`
    const { value, buckets, by, events, severity } = metric
    if (events.length === 0 && severity === undefined) {
      report('POLICY_MISSING', path, `${path} lacks events, or a severity.`)
      continue
    }
    const isRising = buckets.every((bound, at) => at === 0 || bound > (buckets[at - 1] as number))
    if (!isRising || (value === undefined) !== (buckets.length === 0)) {
      const wrong = isRising
        ? `${path} has ${value === undefined ? 'buckets and no value' : 'a value and no buckets'}.`
        : `The buckets of ${path} do not rise.`
      report('POLICY_METRIC_BUCKETS', `${path}.buckets`, wrong)
    }
    for (const attribute of by) {
      if (mayHave(metric, attribute)) continue
      report('POLICY_METRIC_FIELDS', `${path}.by`, `No event of ${path} has ${attribute}.`)
    }
    if (value !== undefined && !mayHave(metric, value, NUMBERS)) {
      report('POLICY_METRIC_FIELDS', `${path}.value`, `No event of ${path} has ${value} as a number.`)
    }
  }
}

function checkAlerts({ metrics, alerts }: Policy, report: Report): void {
  for (const [name, { metric: metricName, where }] of Object.entries(alerts)) {
    const path = `alerts.${name}`
    const metric = Object.hasOwn(metrics, metricName) ? metrics[metricName] : undefined
    if (metric === undefined || metric.value !== undefined) {
      const counts = Object.keys(metrics).filter((one) => metrics[one]?.value === undefined)
      report('POLICY_ALERT_METRIC', `${path}.metric`, `${path} must watch one of ${counts.join(', ')}.`)
      continue
    }
    for (const [attribute, values] of Object.entries(where)) {
      if (!metric.by.includes(attribute)) {
        const wrong = `${path} looks at ${attribute}, which does not divide ${metricName}.`
        report('POLICY_ALERT_METRIC', `${path}.where.${attribute}`, wrong)
        continue
      }
      const known = valuesOf(metric, attribute)
      if (known === undefined || values.every((value) => known.includes(value))) continue
      const wrong = `${path} waits for a value that ${attribute} never has; there are ${known.join(', ')}.`
      report('POLICY_ALERT_METRIC', `${path}.where.${attribute}`, wrong)
    }
  }
}

/** Events of the catalogue that a metric counts; `undefined` if it may count others as well. */
function eventsOf({ events }: MetricPolicy): readonly EventDefinition[] | undefined {
  const known = CATALOGUE.filter(({ name }) => events.some((pattern) => matchesName(pattern, name)))
  const areAllKnown =
    events.length > 0 &&
    events.every((pattern) => !pattern.includes('*') && known.some(({ name }) => name === pattern)) &&
    known.every(({ open }) => open !== true)
  return areAllKnown ? known : undefined
}

function mayHave(metric: MetricPolicy, attribute: string, types?: ReadonlySet<string>): boolean {
  const events = eventsOf(metric)
  if (events === undefined || (types === undefined && isOnEveryRecord(attribute))) return true
  return events.some(({ attributes }) => {
    const definition = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined
    return definition !== undefined && (types === undefined || types.has(definition.type))
  })
}

function isOnEveryRecord(attribute: string): boolean {
  return ON_EVERY_RECORD.has(attribute) || attribute.startsWith('plutus.')
}

/** Values that an attribute can have, where the catalogue lists them for every event that a metric counts. */
function valuesOf(metric: MetricPolicy, attribute: string): readonly string[] | undefined {
  const lists = eventsOf(metric)?.map(({ attributes }) => attributes[attribute]?.values)
  if (lists === undefined || lists.length === 0 || lists.includes(undefined)) return undefined
  return lists.flatMap((values) => values ?? [])
}

function inMib(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`
}
