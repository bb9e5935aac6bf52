/** A metric that a dashboard may show. */
export interface ShownMetric {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  /** UCUM unit. */
  readonly unit: string
  /** Attributes that a dashboard may divide it by. */
  readonly by: readonly string[]
}

/**
 * Metrics that the SDK makes and the dashboards show, by their names in OpenTelemetry. What only goes up and down is a
 * gauge here, as it is in Prometheus.
 */
export const SDK_METRICS = {
  'http.server.request.duration': {
    kind: 'histogram',
    unit: 's',
    by: ['http.request.method', 'http.route', 'http.response.status_code', 'error.type'],
  },
  'http.client.request.duration': {
    kind: 'histogram',
    unit: 's',
    by: ['http.request.method', 'server.address', 'http.response.status_code', 'error.type'],
  },
  'db.client.operation.duration': {
    kind: 'histogram',
    unit: 's',
    by: ['db.system.name', 'db.operation.name', 'db.collection.name', 'db.namespace', 'error.type'],
  },
  'db.client.connection.count': {
    kind: 'gauge',
    unit: '{connection}',
    by: ['db.client.connection.pool.name', 'db.client.connection.state'],
  },
  'db.client.connection.max': { kind: 'gauge', unit: '{connection}', by: ['db.client.connection.pool.name'] },
  'db.client.connection.pending_requests': {
    kind: 'gauge',
    unit: '{request}',
    by: ['db.client.connection.pool.name'],
  },
  'stripe.client.operation.duration': {
    kind: 'histogram',
    unit: 's',
    by: ['stripe.operation', 'stripe.status_class', 'error.type', 'stripe.error.code'],
  },
  'stripe.client.retries': { kind: 'counter', unit: '{retry}', by: ['stripe.operation'] },
  'stripe.client.declines': { kind: 'counter', unit: '{decline}', by: ['stripe.operation', 'stripe.decline_code'] },
  'plutus.redaction.hits': { kind: 'counter', unit: '{hit}', by: ['redaction.rule', 'redaction.carrier'] },
  'plutus.correlation.refused': { kind: 'counter', unit: '{header}', by: [] },
  'plutus.telemetry.exported': { kind: 'counter', unit: '{item}', by: ['plutus.signal'] },
  'plutus.telemetry.dropped': { kind: 'counter', unit: '{item}', by: ['plutus.signal', 'plutus.drop.reason'] },
  'plutus.spool.size': { kind: 'gauge', unit: 'By', by: [] },
  'plutus.spool.age': { kind: 'gauge', unit: 's', by: [] },
} as const satisfies Readonly<Record<string, ShownMetric>>

/** Metrics of the collector itself that the dashboards show, with their labels: its names are those of Prometheus. */
export const COLLECTOR_METRICS = {
  otelcol_receiver_accepted_log_records: ['receiver', 'transport'],
  otelcol_receiver_accepted_spans: ['receiver', 'transport'],
  otelcol_receiver_accepted_metric_points: ['receiver', 'transport'],
  otelcol_receiver_refused_log_records: ['receiver', 'transport'],
  otelcol_receiver_refused_spans: ['receiver', 'transport'],
  otelcol_receiver_refused_metric_points: ['receiver', 'transport'],
  otelcol_exporter_sent_log_records: ['exporter'],
  otelcol_exporter_sent_spans: ['exporter'],
  otelcol_exporter_sent_metric_points: ['exporter'],
  otelcol_exporter_send_failed_log_records: ['exporter'],
  otelcol_exporter_send_failed_spans: ['exporter'],
  otelcol_exporter_send_failed_metric_points: ['exporter'],
  otelcol_exporter_enqueue_failed_log_records: ['exporter'],
  otelcol_exporter_enqueue_failed_spans: ['exporter'],
  otelcol_exporter_enqueue_failed_metric_points: ['exporter'],
  otelcol_exporter_queue_size: ['exporter', 'data_type'],
  otelcol_exporter_queue_capacity: ['exporter', 'data_type'],
  otelcol_processor_memory_limiter_refused_log_records: ['processor'],
  otelcol_processor_memory_limiter_refused_spans: ['processor'],
  otelcol_processor_memory_limiter_refused_metric_points: ['processor'],
  otelcol_processor_tail_sampling_global_count_traces_sampled: ['sampled'],
  otelcol_processor_tail_sampling_sampling_traces_on_memory: [],
  otelcol_processor_tail_sampling_sampling_trace_dropped_too_early: [],
  otelcol_process_memory_rss: [],
  otelcol_process_cpu_seconds: [],
} as const satisfies Readonly<Record<string, readonly string[]>>

/** Name of a metric of the collector. */
export type CollectorMetric = keyof typeof COLLECTOR_METRICS
/** Name of a metric of the SDK. */
export type SdkMetric = keyof typeof SDK_METRICS
