import { CATALOGUE } from '@plutus/conventions'
import { classOfRecord, SEVERITIES } from './class-of-record.ts'
import { formatBytes, formatDays, formatMillis, formatShare } from './format.ts'
import { CLASS_ORDER } from './policy-fields.ts'
import type {
  AlertPolicy,
  ClassPolicy,
  LimitPolicy,
  MetricPolicy,
  Policy,
  RedactionPolicy,
  SamplingPolicy,
  TargetPolicy,
  TierPolicy,
} from './policy.ts'

/** A difference between two policies. */
export interface PolicyChange {
  /** Member of the policy file. */
  readonly path: string
  /** `-` where there is none. */
  readonly before: string
  readonly after: string
  /** What it means, and for whom, as one sentence. */
  readonly effect: string
  /** Whether something is kept less, shorter or less surely than before, less is masked, or somebody is told later. */
  readonly loses: boolean
}

type Change = Omit<PolicyChange, 'path'>

/** What each member of a group means when it changes, by its name in code, with its name in the file. */
type Members<T> = { readonly [K in keyof T]: readonly [inFile: string, tell: (from: T[K], to: T[K]) => Change] }

const SAMPLING: Members<SamplingPolicy> = {
  rate: [
    'rate',
    (from, to) => ({
      ...written(formatShare, from, to),
      effect: `Developers find ${formatShare(to)} of ordinary traces and of their records below WARN.`,
      loses: to < from,
    }),
  ],
  decidedBy: [
    'decided_by',
    (before, after) => ({
      before,
      after,
      effect: `Only the ${after} samples from now on.`,
      loses: false,
    }),
  ],
  adaptive: [
    'adaptive',
    (from, to) => ({
      ...written(String, from, to),
      effect: to ? 'Services under load send fewer ordinary traces.' : 'Load no longer changes what services send.',
      loses: to,
    }),
  ],
  slowMillis: [
    'slow',
    (from, to) => ({
      ...written(formatMillis, from, to),
      effect: `Traces are kept from ${formatMillis(to)} on.`,
      loses: to > from,
    }),
  ],
  waitMillis: [
    'wait',
    (from, to) => ({
      ...written(formatMillis, from, to),
      effect: `Spans that come within ${formatMillis(to)} share the decision on their trace.`,
      loses: to < from,
    }),
  ],
  maxTraces: [
    'max_traces',
    (from, to) => ({
      ...written(String, from, to),
      effect: `Traces beyond ${to} at once are decided before they are whole.`,
      loses: to < from,
    }),
  ],
  traceBytes: [
    'trace_size',
    (from, to) => ({ ...written(formatBytes, from, to), effect: 'The check of memory counts with it.', loses: false }),
  ],
}

const LIMITS: Members<LimitPolicy> = {
  memoryBytes: ['memory', sizeChange],
  diskBytes: ['disk', sizeChange],
  diskAlertShare: [
    'disk_alert',
    (from, to) => ({
      ...written(formatShare, from, to),
      effect: `Operators are told at ${formatShare(to)} of the disk.`,
      loses: to > from,
    }),
  ],
  tracesQueueBytes: ['traces_queue', queueChange],
  metricsQueueBytes: ['metrics_queue', queueChange],
}

const REDACTION: Members<RedactionPolicy> = {
  unmaskedLinks: [
    'unmasked_links',
    (before, after) => ({
      before,
      after,
      effect:
        after === 'drop'
          ? 'Spans with links of services that mask them in their own way or not at all go no further.'
          : 'What services write into links of spans reaches the backends, card numbers too.',
      loses: after === 'pass',
    }),
  ],
}

const TIERS: Members<TierPolicy> = {
  hotDays: ['hot', tierChange],
  warmDays: ['warm', tierChange],
  coldDays: ['cold', tierChange],
}

const TARGETS: Members<TargetPolicy> = {
  backend: ['backend', targetChange],
  archive: ['archive', targetChange],
  transport: ['transport', targetChange],
}

type ClassRules = Omit<ClassPolicy, 'description' | 'match'>
const CLASS: Members<ClassRules> = {
  keep: [
    'keep',
    (before, after) => ({
      before,
      after,
      effect: after === 'all' ? 'Samplers drop none of its records.' : 'Samplers may drop its records below WARN.',
      loses: after !== 'all',
    }),
  ],
  durable: [
    'durable',
    (from, to) => ({
      ...written(String, from, to),
      effect: to ? 'Its records survive a power cut.' : 'Its records may be lost by a power cut.',
      loses: !to,
    }),
  ],
  immutable: [
    'immutable',
    (from, to) => ({
      ...written(String, from, to),
      effect: to ? 'Its archive is locked until its time.' : 'Its archive can be changed and deleted.',
      loses: !to,
    }),
  ],
  searchableDays: [
    'searchable',
    (from, to) => ({
      ...written(formatDays, from, to),
      effect: `Who searches finds its records for ${formatDays(to)}.`,
      loses: to < from,
    }),
  ],
  archiveDays: [
    'archive',
    (from, to) => ({
      ...written(formatDays, from, to),
      effect: to === 0 ? 'Auditors find none of its records.' : `Auditors find its records for ${formatDays(to)}.`,
      loses: to < from,
    }),
  ],
  queueBytes: ['queue', queueChange],
}

/** Tells what changes from one policy to another, and for whom; nothing if they decide the same. */
export function comparePolicies(before: Policy, after: Policy): PolicyChange[] {
  return [
    ...compareProfiles(before, after),
    ...CLASS_ORDER.flatMap((name) =>
      compareMembers<ClassRules>(`classes.${name}`, before.classes[name], after.classes[name], CLASS),
    ),
    ...compareMatches(before, after),
    ...compareMembers('sampling', before.sampling, after.sampling, SAMPLING),
    ...compareMembers('tiers', before.tiers, after.tiers, TIERS),
    ...compareMembers('targets', before.targets, after.targets, TARGETS),
    ...compareMembers('redaction', before.redaction, after.redaction, REDACTION),
    ...compareMembers('limits', before.limits, after.limits, LIMITS),
    ...compareEntries('metrics', before.metrics, after.metrics, compareMetrics),
    ...compareEntries('alerts', before.alerts, after.alerts, compareAlerts),
  ]
}

/** Rows for a table: a head, then one for each change. What loses something begins with `!`. */
export function tabulateChanges(changes: readonly PolicyChange[]): string[][] {
  const rows = changes.map(({ path, before, after, effect, loses }) => [loses ? '!' : ' ', path, before, after, effect])
  return [['', 'MEMBER', 'BEFORE', 'AFTER', 'EFFECT'], ...rows]
}

function compareProfiles({ profile: before }: Policy, { profile: after }: Policy): PolicyChange[] {
  if (before === after) return []
  const effect = after === 'default' ? 'No minimum is checked any more.' : `The minimum of ${after} is checked.`
  return [{ path: 'profile', before, after, effect, loses: after === 'default' }]
}

/** Events of the catalogue that change their class; and the rules themselves, which may mean others too. */
function compareMatches(before: Policy, after: Policy): PolicyChange[] {
  return CLASS_ORDER.flatMap((name) => {
    const [from, to] = [before.classes[name].match, after.classes[name].match].map((rules) => JSON.stringify(rules))
    if (from === to) return []
    const moved = CATALOGUE.filter((event) =>
      SEVERITIES.some((severity) => {
        const traits = { dataClass: event.class, eventName: event.name, severity }
        const [was, is] = [classOfRecord(before, traits), classOfRecord(after, traits)]
        return was !== is && (was === name || is === name)
      }),
    )
    const events = moved.length === 0 ? 'no event of the catalogue' : moved.map((event) => event.name).join(', ')
    const effect = `Other records are of the class; of the catalogue: ${events}.`
    const loses = (JSON.parse(to as string) as unknown[]).length < (JSON.parse(from as string) as unknown[]).length
    return [{ path: `classes.${name}.match`, before: from as string, after: to as string, effect, loses }]
  })
}

function compareMetrics(before: MetricPolicy, after: MetricPolicy): Change {
  const effect = 'Dashboards and alerts that use it see other series.'
  return { before: describeMetric(before), after: describeMetric(after), effect, loses: false }
}

function compareAlerts(before: AlertPolicy, after: AlertPolicy): Change {
  const isLater = after.reaches / after.withinSeconds > before.reaches / before.withinSeconds
  return {
    before: describeAlert(before),
    after: describeAlert(after),
    effect: `Whoever is on call is told ${isLater ? 'later' : 'by another rule'}.`,
    loses: isLater || (before.severity === 'critical' && after.severity === 'warning'),
  }
}

function describeMetric({ events, severity, value, by }: MetricPolicy): string {
  const what = [...events, ...(severity === undefined ? [] : [`from ${severity.toUpperCase()}`])].join(', ')
  return `${value === undefined ? 'count' : value} of ${what}${by.length > 0 ? ` by ${by.join(', ')}` : ''}`
}

function describeAlert({ metric, where, reaches, withinSeconds, severity }: AlertPolicy): string {
  const conditions = Object.entries(where).map(([name, values]) => `${name} ${values.join(' or ')}`)
  const what = [metric, ...conditions].join(', ')
  return `${reaches} of ${what} in ${formatMillis(withinSeconds * 1000)}, ${severity}`
}

function queueChange(from: number, to: number): Change {
  const effect = `An outage is bridged ${to > from ? 'longer' : 'less long'} before senders are refused.`
  return { ...written(formatBytes, from, to), effect, loses: to < from }
}

function written<T>(write: (value: T) => string, from: T, to: T): { before: string; after: string } {
  return { before: write(from), after: write(to) }
}

function sizeChange(from: number, to: number): Change {
  return { ...written(formatBytes, from, to), effect: 'Operators size the machine of a collector by it.', loses: false }
}

function tierChange(from: number, to: number): Change {
  return {
    ...written(formatDays, from, to),
    effect: `Archived records move on ${to > from ? 'later' : 'sooner'}.`,
    loses: false,
  }
}

function targetChange(before: string, after: string): Change {
  return { before, after, effect: 'Operators render the collectors again, and telemetry goes elsewhere.', loses: false }
}

function compareMembers<T extends object>(path: string, before: T, after: T, members: Members<T>): PolicyChange[] {
  return (Object.keys(members) as (keyof T)[])
    .filter((name) => before[name] !== after[name])
    .map((name) => {
      const [inFile, tell] = members[name]
      return { path: `${path}.${inFile}`, ...tell(before[name], after[name]) }
    })
}

function compareEntries<T extends { readonly description: string }>(
  group: 'metrics' | 'alerts',
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
  compare: (from: T, to: T) => Change,
): PolicyChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names.flatMap((name) => {
    const [from, to] = [before[name], after[name]]
    const path = `${group}.${name}`
    if (from === undefined)
      return [{ path, before: '-', after: (to as T).description, effect: 'It is new.', loses: false }]
    if (to === undefined) {
      const effect = group === 'alerts' ? 'Whoever is on call is not told any more.' : 'Its series end.'
      return [{ path, before: from.description, after: '-', effect, loses: true }]
    }
    const same = JSON.stringify({ ...from, description: '' }) === JSON.stringify({ ...to, description: '' })
    return same ? [] : [{ path, ...compare(from, to) }]
  })
}
