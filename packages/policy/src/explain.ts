import { CATALOGUE } from '@plutus/conventions'
import type { DataClass, EventDefinition, EventSeverity } from '@plutus/conventions'
import { classOfRecord, fitsRule, SEVERITIES } from './class-of-record.ts'
import { formatDays, formatShare } from './format.ts'
import type { Policy } from './policy.ts'

/** What a policy does with the records of an event. */
export interface EventExplanation {
  readonly event: string
  /** Whether the catalogue has the event; its records are explained as having no class otherwise. */
  readonly known: boolean
  /** Severities for which this holds; all of them unless a match looks at the severity. */
  readonly severities: readonly EventSeverity[]
  readonly class: DataClass
  /** Where the records go. */
  readonly routes: readonly string[]
  /** Which of the records may be dropped, and by whom; `never` if none. */
  readonly dropped: string
  readonly searchableDays: number
  /** 0 for no archive. */
  readonly archiveDays: number
  /** Names of the metrics that count the records. */
  readonly metrics: readonly string[]
  /** Names of the alerts that they may set off. */
  readonly alerts: readonly string[]
}

/** Explains events, one after the other; more than one answer where the class depends on the severity. */
export function explainEvents(policy: Policy, names: readonly string[]): EventExplanation[] {
  return names.flatMap((event) => {
    const definition = CATALOGUE.find(({ name }) => name === event)
    const severities = definition === undefined ? SEVERITIES : severitiesOf(definition)
    const byClass = Map.groupBy(severities, (severity) =>
      classOfRecord(policy, { dataClass: definition?.class, eventName: event, severity }),
    )
    return [...byClass].map(([dataClass, ofClass]) =>
      explain(policy, { event, known: definition !== undefined, severities: ofClass, class: dataClass }),
    )
  })
}

/** Which records of a class may be dropped, in words; `never` if none. */
export function describeDropping({ classes, sampling }: Policy, name: DataClass): string {
  if (classes[name].keep === 'all' || sampling.rate === 1) return 'never'
  return `below WARN, all but ${formatShare(sampling.rate)}, by the ${sampling.decidedBy}`
}

/** What becomes of spans with links that no collector can mask, as one sentence. */
export function describeLinks({ redaction }: Policy): string {
  return redaction.unmaskedLinks === 'drop'
    ? 'Spans with links go no further unless their sender masks them or says so by plutus.links.masked=true on its resource (redaction.unmasked_links: drop).'
    : 'Spans with links pass with what their sender wrote there, masked or not (redaction.unmasked_links: pass).'
}

/** Rows for a table: a head, then one for each explanation. */
export function tabulateExplanations(explanations: readonly EventExplanation[]): string[][] {
  const head = ['EVENT', 'CLASS', 'GOES TO', 'DROPPED', 'SEARCHABLE', 'ARCHIVE', 'ALERTS']
  const rows = explanations.map((one) => {
    const isDivided = explanations.some((other) => other !== one && other.event === one.event)
    return [
      isDivided ? `${one.event} (${one.severities.join(', ').toUpperCase()})` : one.event,
      one.class,
      one.routes.join(' + '),
      one.dropped,
      formatDays(one.searchableDays),
      formatDays(one.archiveDays),
      one.alerts.join(', ') || '-',
    ]
  })
  return [head, ...rows]
}

function explain(
  policy: Policy,
  so: Pick<EventExplanation, 'event' | 'known' | 'severities' | 'class'>,
): EventExplanation {
  const { searchableDays, archiveDays, durable } = policy.classes[so.class]
  const metrics = Object.entries(policy.metrics)
    .filter(([, metric]) => so.severities.some((severity) => fitsRule(metric, { eventName: so.event, severity })))
    .map(([name]) => name)
  const alerts = Object.entries(policy.alerts)
    .filter(([, { metric }]) => metrics.includes(metric))
    .map(([name]) => name)
  const { backend, archive } = policy.targets
  return {
    ...so,
    routes: [
      `${backend} by a queue ${durable ? 'with fsync' : 'on disk'}`,
      ...(archiveDays > 0 || durable ? [`archive (${archive})`] : []),
    ],
    dropped: withoutClass(policy, describeDropping(policy, so.class), so),
    searchableDays,
    archiveDays,
    metrics,
    alerts,
  }
}

/** A collector leaves alone what only fell to the last class, because it says none or an unknown one. */
function withoutClass(
  policy: Policy,
  dropped: string,
  { known, class: name }: Pick<EventExplanation, 'known' | 'class'>,
): string {
  const isSpared = !known && name === 'application' && policy.sampling.decidedBy === 'collector' && dropped !== 'never'
  return isSpared ? `${dropped}; never without a class` : dropped
}

function severitiesOf({ severity }: EventDefinition): readonly EventSeverity[] {
  if (typeof severity === 'string') return [severity]
  const possible = new Set([severity.otherwise, ...severity.steps.map((step) => step.severity)])
  return SEVERITIES.filter((one) => possible.has(one))
}
