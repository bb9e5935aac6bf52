import type { DataClass, EventSeverity } from '@plutus/conventions'
import {
  bytes,
  days,
  duration,
  flag,
  group,
  integer,
  label,
  list,
  named,
  NAME,
  oneOf,
  positive,
  seconds,
  share,
  text,
} from './fields.ts'
import type { Field, GroupField, Member } from './fields.ts'
import { BACKENDS } from './policy.ts'

const SEVERITIES: readonly EventSeverity[] = ['debug', 'info', 'warn', 'error', 'fatal']
const MIB = 2 ** 20

/** The classes in the order in which a record is matched: what is kept longest first, so that no rule can take from it. */
export const CLASS_ORDER = ['audit', 'security', 'payment', 'performance', 'application'] as const satisfies DataClass[]

const sentence = text('a sentence, on one line', /^\S.{0,199}$/)
const attribute = text('the name of an attribute, such as payment.status', /^[a-z][a-z0-9_.-]{0,99}$/)
const eventName = text('the name of an event, * standing for any text', /^[a-z*][a-z0-9_.*-]{0,99}$/)
const severity = oneOf(...SEVERITIES)

const periods: Readonly<Record<string, Member>> = {
  searchable: { field: days(), as: 'searchableDays', about: 'How long a backend can search the records.' },
  archive: {
    field: days({ orNone: true }),
    as: 'archiveDays',
    about: 'How long the records stay in the archive, counted from their creation; none for no archive.',
  },
}

const matchRule = group({
  events: {
    field: list(eventName, { orOne: true }),
    about: 'Names of events; * stands for any text. Without it, records of any name.',
  },
  severity: { field: severity, about: 'Least severity. Without it, records of any severity.' },
})

const classPolicy = group({
  description: { field: sentence, about: 'One sentence: what belongs here.' },
  match: {
    field: list(matchRule),
    about:
      'Records that belong here beside those whose plutus.data.class names the class; one rule that fits is enough.',
  },
  keep: {
    field: oneOf('all', 'warn-and-above'),
    about: 'What samplers must keep: everything, or records from WARN on with the rest by the sampling rate.',
  },
  durable: {
    field: flag(),
    about:
      'Whether records survive a kill and an outage of any length: queue with fsync, sent until accepted, archived.',
  },
  immutable: {
    field: flag(),
    about: 'Whether the archive refuses to change or delete a record before its time (S3 object lock).',
  },
  ...periods,
  queue: { field: bytes(MIB), as: 'queueBytes', about: "Bound of the class's queue in the collector." },
})

const classesOf = (of: Field): GroupField =>
  group(Object.fromEntries(CLASS_ORDER.map((name) => [name, { field: of, about: `The class ${name}.` }])))

const sampling = group({
  rate: {
    field: share(),
    about: 'Share that stays of traces, and of records below WARN, that nothing else keeps. 100% keeps everything.',
  },
  decided_by: {
    field: oneOf('collector', 'process'),
    as: 'decidedBy',
    about:
      'Who applies the rate: the collector sees traces across services, the process keeps records beside their trace. Never both.',
  },
  adaptive: {
    field: flag(),
    about:
      'Whether a process lowers the rate under load: a half from 60 %, a tenth from 80 %. Where the process decides.',
  },
  slow: { field: duration(600_000), as: 'slowMillis', about: 'Traces that take this long are kept.' },
  wait: {
    field: duration(600_000),
    as: 'waitMillis',
    about: 'How long the collector waits for the spans of a trace before it decides.',
  },
  max_traces: {
    field: integer(100, 10_000_000),
    as: 'maxTraces',
    about: 'Traces that the collector holds while it waits.',
  },
  trace_size: {
    field: bytes(1024),
    as: 'traceBytes',
    about: 'Memory that one held trace takes, on average: the check that they fit counts with it.',
  },
})

const metric = group({
  description: { field: sentence, about: 'One sentence: what is counted or measured.' },
  unit: { field: text('a UCUM unit such as s, By or {payment}', /^[!-~]{1,40}$/), about: 'UCUM unit.' },
  events: {
    field: list(eventName, { orOne: true }),
    about: 'Names of events that count; * stands for any text. Without it, records of any name.',
  },
  severity: { field: severity, about: 'Least severity that counts.' },
  value: { field: attribute, about: 'Attribute whose values are measured: a histogram in place of a count.' },
  buckets: { field: list(positive()), about: 'Upper bounds of the buckets of a histogram, rising.' },
  by: { field: list(attribute), about: 'Attributes that divide the metric. Each of few values.' },
})

const alert = group({
  description: { field: sentence, about: 'One sentence: what is wrong when it fires.' },
  metric: { field: text('the name of a metric of the policy', NAME), about: 'Metric of the policy that is watched.' },
  where: {
    field: named(list(label(), { orOne: true })),
    about: 'Values that attributes of the metric must have to count.',
  },
  reaches: { field: integer(1, 1_000_000_000), about: 'Number at which it fires; the last one below does not.' },
  within: { field: seconds(86_400), as: 'withinSeconds', about: 'Time in which the number is reached.' },
  severity: { field: oneOf('warning', 'critical'), about: 'How urgent it is.' },
})

/** The policy file, whole: every member that it may have. */
export const POLICY_FIELDS = group({
  version: { field: oneOf(1), about: 'Version of this format; every file says it.' },
  profile: {
    field: text('default, or the name of a profile', NAME),
    about: 'The raised minimum that holds: a name of the list profiles, or default for none.',
  },
  classes: { field: classesOf(classPolicy), about: 'Classes of records, and how each is treated.' },
  sampling: { field: sampling, about: 'Which traces stay that nothing asks for.' },
  tiers: {
    field: group({
      hot: { field: days(), as: 'hotDays', about: 'Up to this age on the fastest storage.' },
      warm: { field: days(), as: 'warmDays', about: 'Up to this age one step down.' },
      cold: {
        field: days(),
        as: 'coldDays',
        about:
          'Up to this age two steps down; older records lie as deep as the storage has it, until they are deleted.',
      },
    }),
    about: 'Ages at which the archive moves on to cheaper storage.',
  },
  targets: {
    field: group({
      backend: { field: oneOf(...BACKENDS), about: 'What can be searched; otlp is any backend that takes OTLP.' },
      archive: { field: oneOf('files', 's3'), about: 'What is only kept: a folder per class, or a prefix per class.' },
      transport: {
        field: oneOf('otlp', 'kafka'),
        about: 'What carries telemetry from one tier of collectors to the next.',
      },
    }),
    about: "What telemetry is written for; addresses and credentials come from the collector's environment.",
  },
  redaction: {
    field: group({
      unmasked_links: {
        field: oneOf('drop', 'pass'),
        as: 'unmaskedLinks',
        about:
          'Spans with links whose sender is not known to mask them, which a collector cannot: drop keeps them from backends, pass lets them by as they are.',
      },
    }),
    about: 'What collectors do with what they cannot mask.',
  },
  limits: {
    field: group({
      memory: { field: bytes(64 * MIB), as: 'memoryBytes', about: 'Memory of a collector process.' },
      disk: { field: bytes(64 * MIB), as: 'diskBytes', about: 'Volume that the queues lie on.' },
      disk_alert: {
        field: share(),
        as: 'diskAlertShare',
        about: 'Share of the disk from which an alert fires and plutus retention cleans up.',
      },
      traces_queue: { field: bytes(MIB), as: 'tracesQueueBytes', about: 'Bound of the queue of all traces.' },
      metrics_queue: { field: bytes(MIB), as: 'metricsQueueBytes', about: 'Bound of the queue of all metrics.' },
    }),
    about: 'What one collector may take of its machine.',
  },
  metrics: { field: named(metric, { removable: true }), about: 'Metrics made of log records; null takes one away.' },
  alerts: { field: named(alert, { removable: true }), about: 'When somebody is told; null takes one away.' },
  profiles: {
    field: named(group({ classes: { field: classesOf(group(periods)), about: 'Least periods of classes.' } })),
    about: 'Minimums by name: a policy that names one may ask for more, not for less.',
  },
})
