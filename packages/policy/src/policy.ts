import type { DataClass, EventSeverity } from '@plutus/conventions'

/** What decides over telemetry from the process to the archive: a policy file on top of the built-in one, checked. */
export interface Policy {
  readonly version: 1
  /** The raised minimum that holds, by its name in `profiles`; `default` is none. */
  readonly profile: string
  /** The five classes, the one that is kept longest first: that is also the order in which they are matched. */
  readonly classes: Readonly<Record<DataClass, ClassPolicy>>
  readonly sampling: SamplingPolicy
  readonly tiers: TierPolicy
  readonly targets: TargetPolicy
  readonly redaction: RedactionPolicy
  readonly limits: LimitPolicy
  /** Metrics made of log records, by name. */
  readonly metrics: Readonly<Record<string, MetricPolicy>>
  /** By name. */
  readonly alerts: Readonly<Record<string, AlertPolicy>>
}

/** How records of a class are treated from the process to the archive. */
export interface ClassPolicy {
  /** One sentence: what belongs here. */
  readonly description: string
  /** Records that belong here beside those whose `plutus.data.class` names the class; any rule that fits is enough. */
  readonly match: readonly MatchRule[]
  /** What samplers must keep: everything, or records from severity WARN on with the rest by the sampling rate. */
  readonly keep: 'all' | 'warn-and-above'
  /** Whether records survive a kill and an outage of any length: on disk with `fsync`, sent until accepted, archived. */
  readonly durable: boolean
  /** Whether the archive refuses to change or delete a record before its time (S3 object lock). */
  readonly immutable: boolean
  /** Days for which a backend can search the records. */
  readonly searchableDays: number
  /** Days for which the records stay in the archive, counted from their creation; 0 means no archive. */
  readonly archiveDays: number
  /** Bound of the class's queue in the collector. */
  readonly queueBytes: number
}

/** Says which records it means; all that is given must hold. */
export interface MatchRule {
  /** Names of events; `*` stands for any text. */
  readonly events?: readonly string[]
  /** Least severity. */
  readonly severity?: EventSeverity
}

/** Which traces stay that nothing asks for. Errors, slow traces and those with a keep mark always do. */
export interface SamplingPolicy {
  /** Share of all other traces, and of records below WARN of classes that do not keep all, 0 to 1. */
  readonly rate: number
  /** Who applies the rate. Only one does, or a tenth of a tenth would stay. */
  readonly decidedBy: 'collector' | 'process'
  /** Whether a process lowers the rate under load; only where the process decides. */
  readonly adaptive: boolean
  /** Traces that take this long are kept. */
  readonly slowMillis: number
  /** How long the collector waits for the spans of a trace. */
  readonly waitMillis: number
  /** Traces that the collector holds while it waits. */
  readonly maxTraces: number
  /** Memory that one of them takes, for the check that they fit. */
  readonly traceBytes: number
}

/** Ages at which archived records move on to cheaper storage. */
export interface TierPolicy {
  /** Up to this age on the fastest storage. */
  readonly hotDays: number
  /** Up to this age one step down. */
  readonly warmDays: number
  /** Up to this age two steps down; older records lie as deep as the storage has it, until they are deleted. */
  readonly coldDays: number
}

/** What telemetry is written for; where that is comes from the environment of the collector. */
export interface TargetPolicy {
  readonly backend: BackendName
  readonly archive: 'files' | 's3'
  /** What carries telemetry from one tier of collectors to the next. */
  readonly transport: 'otlp' | 'kafka'
}

/** Backends that a collector is rendered for; `otlp` is any that takes OTLP. */
export const BACKENDS = [
  'otlp',
  'grafana',
  'victoria',
  'clickhouse',
  'elasticsearch',
  'opensearch',
  'splunk',
  'datadog',
  'cloudwatch',
] as const

/** One of `BACKENDS`. */
export type BackendName = (typeof BACKENDS)[number]

/** What collectors do with what they cannot mask. */
export interface RedactionPolicy {
  /** Whether spans with links go no further whose sender is not known to mask these, or pass as they are. */
  readonly unmaskedLinks: 'drop' | 'pass'
}

/** What a collector process may take of its machine. */
export interface LimitPolicy {
  readonly memoryBytes: number
  /** Of the volume that the queues lie on. */
  readonly diskBytes: number
  /** Share of the disk from which an alert fires and `plutus retention` cleans up, 0 to 1. */
  readonly diskAlertShare: number
  /** Bound of the queue of all traces. */
  readonly tracesQueueBytes: number
  /** Bound of the queue of all metrics. */
  readonly metricsQueueBytes: number
}

/** A metric made of log records: a count, or with `value` a histogram. */
export interface MetricPolicy {
  readonly description: string
  /** UCUM unit. */
  readonly unit: string
  /** Names of events that count; none means records of any name. */
  readonly events: readonly string[]
  /** Least severity that counts. */
  readonly severity?: EventSeverity
  /** Attribute whose values are measured. */
  readonly value?: string
  /** Upper bounds of the buckets of a histogram, rising. */
  readonly buckets: readonly number[]
  /** Attributes that divide the metric. */
  readonly by: readonly string[]
}

/** Fires when a metric grows by a number within a time. */
export interface AlertPolicy {
  readonly description: string
  /** Name of a metric of the policy. */
  readonly metric: string
  /** Values that attributes of the metric must have to count. */
  readonly where: Readonly<Record<string, readonly string[]>>
  /** Number at which it fires: the last one below does not. */
  readonly reaches: number
  readonly withinSeconds: number
  readonly severity: 'warning' | 'critical'
}
