import type { PolicyRule } from '../policy-rules.ts'

/** Every rule that a collector's configuration can break, by the code that its problem has. */
export const COLLECTOR_RULES = {
  COLLECTOR_MEMORY_LIMITER: {
    rule: 'memory_limiter with a check interval comes first in every pipeline that takes from outside.',
    wayOut: 'Put it first and set check_interval: without one it does nothing.',
  },
  COLLECTOR_BATCH: {
    rule: 'There is no batch processor.',
    wayOut: "Use the batch of the exporter's sending_queue: the processor loses at a kill what it acknowledged.",
  },
  COLLECTOR_REDACTION: {
    rule: 'Redaction and a transform that fails closed come before every exporter.',
    wayOut: 'Put both into the pipeline that takes from outside; error_mode of the transform is propagate.',
  },
  COLLECTOR_SAMPLER_ON_KEPT: {
    rule: 'No sampler, filter or de-duplicator is on the way of what is always kept, but for a filter of spans with links.',
    wayOut: 'Route around it: by class for records, by plutus.keep.head for spans.',
  },
  COLLECTOR_LATE_KEEP: {
    rule: 'Spans are routed around a sampler by plutus.keep.head only, which all spans of a trace have or none.',
    wayOut: 'Leave plutus.keep, which one span has, to a policy of the sampler: routed, it tears the trace.',
  },
  COLLECTOR_CLASS_ROUTE: {
    rule: 'Every class has exactly one route at each routing of log records.',
    wayOut: 'Name the class in one line of the table; with none it shares the default.',
  },
  COLLECTOR_UNKNOWN_CLASS: {
    rule: 'A record of no class or an unknown one goes the way of application, past no sampler, into a queue on disk.',
    wayOut: 'Make the pipeline of application the default; a filter there must name the class that it means.',
  },
  COLLECTOR_DURABLE_WAYS: {
    rule: 'A durable class ends in its backend and in its archive.',
    wayOut: 'Add the exporter that lacks: a backend that answers 400, 401, 404, 413 or 500 makes its exporter drop.',
  },
  COLLECTOR_RETRY_ENDS: {
    rule: 'Retries of a durable class never end.',
    wayOut: 'Set retry_on_failure.max_elapsed_time to 0s; the default gives up after five minutes.',
  },
  COLLECTOR_DURABLE_QUEUE: {
    rule: 'A durable class waits in a queue on disk that is synced.',
    wayOut: 'Give the sending_queue a storage with fsync: true, and leave wait_for_result and enabled: false out.',
  },
  COLLECTOR_STORAGE: {
    rule: 'Every storage, authenticator and other extension that is named exists and is started.',
    wayOut: 'Define it and list it in service.extensions: validate does not find this, the start does.',
  },
  COLLECTOR_QUEUE_BOUND: {
    rule: 'A queue on disk is bounded by its own bytes, below half of the bound of its storage, below the disk.',
    wayOut:
      'Set sizer: bytes and a queue_size well below max_size: a full storage loses acknowledged data at a restart.',
  },
  COLLECTOR_QUEUES_EXCEED_DISK: {
    rule: 'The files of all queues, which may take twice their bounds, fit the disk below its alert.',
    wayOut: 'Lower queues in the policy, or raise limits.disk.',
  },
  COLLECTOR_BATCH_TOO_LARGE: {
    rule: 'A batch is bounded, below what the next receiver takes: 4 MiB over gRPC unless it says more.',
    wayOut: 'Set sending_queue.batch.max_size in bytes below it: a larger message is dropped, not sent again.',
  },
  COLLECTOR_TRACES_EXCEED_MEMORY: {
    rule: 'The traces that a tail sampler holds fit half of the memory.',
    wayOut: 'Lower sampling.max_traces in the policy, or raise limits.memory.',
  },
  COLLECTOR_DELTA_TO_PROMETHEUS: {
    rule: 'Metrics made of records are cumulative before they are exported.',
    wayOut: 'Put delta_to_cumulative into the pipeline: Prometheus shows the last batch alone otherwise.',
  },
  COLLECTOR_BUCKET_LIFECYCLE: {
    rule: "A bucket's life cycle deletes nothing before the policy does.",
    wayOut: 'Raise its expiration: what a backend or an auditor still looks for would be gone.',
  },
  COLLECTOR_LISTENER_OPEN: {
    rule: 'What listens does so on the loopback, or with TLS that asks for a certificate or an authenticator.',
    wayOut: 'Listen on 127.0.0.1, or set tls with client_ca_file, or tls and auth.',
  },
} as const satisfies Readonly<Record<string, PolicyRule>>

/** Code of a problem of a collector's configuration. */
export type CollectorRuleCode = keyof typeof COLLECTOR_RULES

/** What is wrong with a collector's configuration. */
export interface CollectorProblem {
  readonly code: CollectorRuleCode
  /** Component or pipeline, such as `exporters/otlp_http/payment`. */
  readonly component: string
  /** Names the thing, the rule that it broke and the way out. */
  readonly message: string
}

/** What a check calls with what it found. */
export type ReportCollector = (code: CollectorRuleCode, component: string, wrong: string) => void
