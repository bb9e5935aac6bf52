-- Plutus: tables and retention in ClickHouse, policy dce163e50d0dc2e8. Rendered; change the policy instead.

CREATE TABLE IF NOT EXISTS otel_logs_audit (
  Timestamp DateTime64(9) CODEC(Delta(8), ZSTD(1)),
  TraceId String CODEC(ZSTD(1)),
  SpanId String CODEC(ZSTD(1)),
  TraceFlags UInt8,
  SeverityText LowCardinality(String) CODEC(ZSTD(1)),
  SeverityNumber UInt8,
  ServiceName LowCardinality(String) CODEC(ZSTD(1)),
  Body String CODEC(ZSTD(1)),
  ResourceSchemaUrl LowCardinality(String) CODEC(ZSTD(1)),
  ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  ScopeSchemaUrl LowCardinality(String) CODEC(ZSTD(1)),
  ScopeName String CODEC(ZSTD(1)),
  ScopeVersion LowCardinality(String) CODEC(ZSTD(1)),
  ScopeAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  LogAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  EventName LowCardinality(String) DEFAULT LogAttributes['event.name'] CODEC(ZSTD(1)),
  INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (ServiceName, EventName, toDateTime(Timestamp), Timestamp)
TTL toDateTime(Timestamp) + INTERVAL 7 DAY TO VOLUME 'warm',
  toDateTime(Timestamp) + INTERVAL 30 DAY TO VOLUME 'cold',
  toDateTime(Timestamp) + INTERVAL 2555 DAY DELETE
SETTINGS storage_policy = 'plutus', ttl_only_drop_parts = 1
COMMENT 'Plutus policy dce163e50d0dc2e8';
ALTER TABLE otel_logs_audit MODIFY TTL toDateTime(Timestamp) + INTERVAL 7 DAY TO VOLUME 'warm',
  toDateTime(Timestamp) + INTERVAL 30 DAY TO VOLUME 'cold',
  toDateTime(Timestamp) + INTERVAL 2555 DAY DELETE;
ALTER TABLE otel_logs_audit MODIFY COMMENT 'Plutus policy dce163e50d0dc2e8';


CREATE TABLE IF NOT EXISTS otel_logs_security (
  Timestamp DateTime64(9) CODEC(Delta(8), ZSTD(1)),
  TraceId String CODEC(ZSTD(1)),
  SpanId String CODEC(ZSTD(1)),
  TraceFlags UInt8,
  SeverityText LowCardinality(String) CODEC(ZSTD(1)),
  SeverityNumber UInt8,
  ServiceName LowCardinality(String) CODEC(ZSTD(1)),
  Body String CODEC(ZSTD(1)),
  ResourceSchemaUrl LowCardinality(String) CODEC(ZSTD(1)),
  ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  ScopeSchemaUrl LowCardinality(String) CODEC(ZSTD(1)),
  ScopeName String CODEC(ZSTD(1)),
  ScopeVersion LowCardinality(String) CODEC(ZSTD(1)),
  ScopeAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  LogAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  EventName LowCardinality(String) DEFAULT LogAttributes['event.name'] CODEC(ZSTD(1)),
  INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (ServiceName, EventName, toDateTime(Timestamp), Timestamp)
TTL toDateTime(Timestamp) + INTERVAL 7 DAY TO VOLUME 'warm',
  toDateTime(Timestamp) + INTERVAL 30 DAY TO VOLUME 'cold',
  toDateTime(Timestamp) + INTERVAL 90 DAY DELETE
SETTINGS storage_policy = 'plutus', ttl_only_drop_parts = 1
COMMENT 'Plutus policy dce163e50d0dc2e8';
ALTER TABLE otel_logs_security MODIFY TTL toDateTime(Timestamp) + INTERVAL 7 DAY TO VOLUME 'warm',
  toDateTime(Timestamp) + INTERVAL 30 DAY TO VOLUME 'cold',
  toDateTime(Timestamp) + INTERVAL 90 DAY DELETE;
ALTER TABLE otel_logs_security MODIFY COMMENT 'Plutus policy dce163e50d0dc2e8';


CREATE TABLE IF NOT EXISTS otel_logs_payment (
  Timestamp DateTime64(9) CODEC(Delta(8), ZSTD(1)),
  TraceId String CODEC(ZSTD(1)),
  SpanId String CODEC(ZSTD(1)),
  TraceFlags UInt8,
  SeverityText LowCardinality(String) CODEC(ZSTD(1)),
  SeverityNumber UInt8,
  ServiceName LowCardinality(String) CODEC(ZSTD(1)),
  Body String CODEC(ZSTD(1)),
  ResourceSchemaUrl LowCardinality(String) CODEC(ZSTD(1)),
  ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  ScopeSchemaUrl LowCardinality(String) CODEC(ZSTD(1)),
  ScopeName String CODEC(ZSTD(1)),
  ScopeVersion LowCardinality(String) CODEC(ZSTD(1)),
  ScopeAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  LogAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  EventName LowCardinality(String) DEFAULT LogAttributes['event.name'] CODEC(ZSTD(1)),
  INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (ServiceName, EventName, toDateTime(Timestamp), Timestamp)
TTL toDateTime(Timestamp) + INTERVAL 7 DAY TO VOLUME 'warm',
  toDateTime(Timestamp) + INTERVAL 30 DAY TO VOLUME 'cold',
  toDateTime(Timestamp) + INTERVAL 60 DAY DELETE
SETTINGS storage_policy = 'plutus', ttl_only_drop_parts = 1
COMMENT 'Plutus policy dce163e50d0dc2e8';
ALTER TABLE otel_logs_payment MODIFY TTL toDateTime(Timestamp) + INTERVAL 7 DAY TO VOLUME 'warm',
  toDateTime(Timestamp) + INTERVAL 30 DAY TO VOLUME 'cold',
  toDateTime(Timestamp) + INTERVAL 60 DAY DELETE;
ALTER TABLE otel_logs_payment MODIFY COMMENT 'Plutus policy dce163e50d0dc2e8';


CREATE TABLE IF NOT EXISTS otel_logs_performance (
  Timestamp DateTime64(9) CODEC(Delta(8), ZSTD(1)),
  TraceId String CODEC(ZSTD(1)),
  SpanId String CODEC(ZSTD(1)),
  TraceFlags UInt8,
  SeverityText LowCardinality(String) CODEC(ZSTD(1)),
  SeverityNumber UInt8,
  ServiceName LowCardinality(String) CODEC(ZSTD(1)),
  Body String CODEC(ZSTD(1)),
  ResourceSchemaUrl LowCardinality(String) CODEC(ZSTD(1)),
  ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  ScopeSchemaUrl LowCardinality(String) CODEC(ZSTD(1)),
  ScopeName String CODEC(ZSTD(1)),
  ScopeVersion LowCardinality(String) CODEC(ZSTD(1)),
  ScopeAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  LogAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  EventName LowCardinality(String) DEFAULT LogAttributes['event.name'] CODEC(ZSTD(1)),
  INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (ServiceName, EventName, toDateTime(Timestamp), Timestamp)
TTL toDateTime(Timestamp) + INTERVAL 7 DAY TO VOLUME 'warm',
  toDateTime(Timestamp) + INTERVAL 14 DAY DELETE
SETTINGS storage_policy = 'plutus', ttl_only_drop_parts = 1
COMMENT 'Plutus policy dce163e50d0dc2e8';
ALTER TABLE otel_logs_performance MODIFY TTL toDateTime(Timestamp) + INTERVAL 7 DAY TO VOLUME 'warm',
  toDateTime(Timestamp) + INTERVAL 14 DAY DELETE;
ALTER TABLE otel_logs_performance MODIFY COMMENT 'Plutus policy dce163e50d0dc2e8';


CREATE TABLE IF NOT EXISTS otel_logs_application (
  Timestamp DateTime64(9) CODEC(Delta(8), ZSTD(1)),
  TraceId String CODEC(ZSTD(1)),
  SpanId String CODEC(ZSTD(1)),
  TraceFlags UInt8,
  SeverityText LowCardinality(String) CODEC(ZSTD(1)),
  SeverityNumber UInt8,
  ServiceName LowCardinality(String) CODEC(ZSTD(1)),
  Body String CODEC(ZSTD(1)),
  ResourceSchemaUrl LowCardinality(String) CODEC(ZSTD(1)),
  ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  ScopeSchemaUrl LowCardinality(String) CODEC(ZSTD(1)),
  ScopeName String CODEC(ZSTD(1)),
  ScopeVersion LowCardinality(String) CODEC(ZSTD(1)),
  ScopeAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  LogAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  EventName LowCardinality(String) DEFAULT LogAttributes['event.name'] CODEC(ZSTD(1)),
  INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (ServiceName, EventName, toDateTime(Timestamp), Timestamp)
TTL toDateTime(Timestamp) + INTERVAL 7 DAY TO VOLUME 'warm',
  toDateTime(Timestamp) + INTERVAL 30 DAY DELETE
SETTINGS storage_policy = 'plutus', ttl_only_drop_parts = 1
COMMENT 'Plutus policy dce163e50d0dc2e8';
ALTER TABLE otel_logs_application MODIFY TTL toDateTime(Timestamp) + INTERVAL 7 DAY TO VOLUME 'warm',
  toDateTime(Timestamp) + INTERVAL 30 DAY DELETE;
ALTER TABLE otel_logs_application MODIFY COMMENT 'Plutus policy dce163e50d0dc2e8';


CREATE TABLE IF NOT EXISTS otel_traces (
  Timestamp DateTime64(9) CODEC(Delta(8), ZSTD(1)),
  TraceId String CODEC(ZSTD(1)),
  SpanId String CODEC(ZSTD(1)),
  ParentSpanId String CODEC(ZSTD(1)),
  TraceState String CODEC(ZSTD(1)),
  SpanName LowCardinality(String) CODEC(ZSTD(1)),
  SpanKind LowCardinality(String) CODEC(ZSTD(1)),
  ServiceName LowCardinality(String) CODEC(ZSTD(1)),
  ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  ScopeName String CODEC(ZSTD(1)),
  ScopeVersion String CODEC(ZSTD(1)),
  SpanAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  Duration UInt64 CODEC(T64, ZSTD(1)),
  StatusCode LowCardinality(String) CODEC(ZSTD(1)),
  StatusMessage String CODEC(ZSTD(1)),
  Events Nested (Timestamp DateTime64(9), Name LowCardinality(String), Attributes Map(LowCardinality(String), String)),
  Links Nested (TraceId String, SpanId String, TraceState String, Attributes Map(LowCardinality(String), String)),
  INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (ServiceName, SpanName, toDateTime(Timestamp), Timestamp)
TTL toDateTime(Timestamp) + INTERVAL 7 DAY TO VOLUME 'warm',
  toDateTime(Timestamp) + INTERVAL 30 DAY DELETE
SETTINGS storage_policy = 'plutus', ttl_only_drop_parts = 1
COMMENT 'Plutus policy dce163e50d0dc2e8';
ALTER TABLE otel_traces MODIFY TTL toDateTime(Timestamp) + INTERVAL 7 DAY TO VOLUME 'warm',
  toDateTime(Timestamp) + INTERVAL 30 DAY DELETE;
ALTER TABLE otel_traces MODIFY COMMENT 'Plutus policy dce163e50d0dc2e8';


CREATE TABLE IF NOT EXISTS otel_metrics_gauge (
  ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  ResourceSchemaUrl String CODEC(ZSTD(1)),
  ScopeName String CODEC(ZSTD(1)),
  ScopeVersion String CODEC(ZSTD(1)),
  ScopeAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  ScopeDroppedAttrCount UInt32,
  ScopeSchemaUrl String CODEC(ZSTD(1)),
  ServiceName LowCardinality(String) CODEC(ZSTD(1)),
  MetricName LowCardinality(String) CODEC(ZSTD(1)),
  MetricDescription String CODEC(ZSTD(1)),
  MetricUnit String CODEC(ZSTD(1)),
  Attributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  StartTimeUnix DateTime64(9) CODEC(Delta(8), ZSTD(1)),
  TimeUnix DateTime64(9) CODEC(Delta(8), ZSTD(1)),
  Flags UInt32,
  Value Float64,
  Exemplars Nested (FilteredAttributes Map(LowCardinality(String), String), TimeUnix DateTime64(9), Value Float64, SpanId String, TraceId String)
) ENGINE = MergeTree
PARTITION BY toDate(TimeUnix)
ORDER BY (ServiceName, MetricName, cityHash64(Attributes), toDateTime(TimeUnix), TimeUnix)
TTL toDateTime(TimeUnix) + INTERVAL 7 DAY TO VOLUME 'warm',
  toDateTime(TimeUnix) + INTERVAL 30 DAY DELETE
SETTINGS storage_policy = 'plutus', ttl_only_drop_parts = 1
COMMENT 'Plutus policy dce163e50d0dc2e8';
ALTER TABLE otel_metrics_gauge MODIFY TTL toDateTime(TimeUnix) + INTERVAL 7 DAY TO VOLUME 'warm',
  toDateTime(TimeUnix) + INTERVAL 30 DAY DELETE;
ALTER TABLE otel_metrics_gauge MODIFY COMMENT 'Plutus policy dce163e50d0dc2e8';


CREATE TABLE IF NOT EXISTS otel_metrics_sum (
  ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  ResourceSchemaUrl String CODEC(ZSTD(1)),
  ScopeName String CODEC(ZSTD(1)),
  ScopeVersion String CODEC(ZSTD(1)),
  ScopeAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  ScopeDroppedAttrCount UInt32,
  ScopeSchemaUrl String CODEC(ZSTD(1)),
  ServiceName LowCardinality(String) CODEC(ZSTD(1)),
  MetricName LowCardinality(String) CODEC(ZSTD(1)),
  MetricDescription String CODEC(ZSTD(1)),
  MetricUnit String CODEC(ZSTD(1)),
  Attributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  StartTimeUnix DateTime64(9) CODEC(Delta(8), ZSTD(1)),
  TimeUnix DateTime64(9) CODEC(Delta(8), ZSTD(1)),
  Flags UInt32,
  Value Float64,
  Exemplars Nested (FilteredAttributes Map(LowCardinality(String), String), TimeUnix DateTime64(9), Value Float64, SpanId String, TraceId String),
  AggregationTemporality Int32,
  IsMonotonic Bool
) ENGINE = MergeTree
PARTITION BY toDate(TimeUnix)
ORDER BY (ServiceName, MetricName, cityHash64(Attributes), toDateTime(TimeUnix), TimeUnix)
TTL toDateTime(TimeUnix) + INTERVAL 7 DAY TO VOLUME 'warm',
  toDateTime(TimeUnix) + INTERVAL 30 DAY DELETE
SETTINGS storage_policy = 'plutus', ttl_only_drop_parts = 1
COMMENT 'Plutus policy dce163e50d0dc2e8';
ALTER TABLE otel_metrics_sum MODIFY TTL toDateTime(TimeUnix) + INTERVAL 7 DAY TO VOLUME 'warm',
  toDateTime(TimeUnix) + INTERVAL 30 DAY DELETE;
ALTER TABLE otel_metrics_sum MODIFY COMMENT 'Plutus policy dce163e50d0dc2e8';


CREATE TABLE IF NOT EXISTS otel_metrics_histogram (
  ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  ResourceSchemaUrl String CODEC(ZSTD(1)),
  ScopeName String CODEC(ZSTD(1)),
  ScopeVersion String CODEC(ZSTD(1)),
  ScopeAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  ScopeDroppedAttrCount UInt32,
  ScopeSchemaUrl String CODEC(ZSTD(1)),
  ServiceName LowCardinality(String) CODEC(ZSTD(1)),
  MetricName LowCardinality(String) CODEC(ZSTD(1)),
  MetricDescription String CODEC(ZSTD(1)),
  MetricUnit String CODEC(ZSTD(1)),
  Attributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  StartTimeUnix DateTime64(9) CODEC(Delta(8), ZSTD(1)),
  TimeUnix DateTime64(9) CODEC(Delta(8), ZSTD(1)),
  Flags UInt32,
  Count UInt64,
  Sum Float64,
  BucketCounts Array(UInt64),
  ExplicitBounds Array(Float64),
  Exemplars Nested (FilteredAttributes Map(LowCardinality(String), String), TimeUnix DateTime64(9), Value Float64, SpanId String, TraceId String),
  Min Float64,
  Max Float64,
  AggregationTemporality Int32
) ENGINE = MergeTree
PARTITION BY toDate(TimeUnix)
ORDER BY (ServiceName, MetricName, cityHash64(Attributes), toDateTime(TimeUnix), TimeUnix)
TTL toDateTime(TimeUnix) + INTERVAL 7 DAY TO VOLUME 'warm',
  toDateTime(TimeUnix) + INTERVAL 30 DAY DELETE
SETTINGS storage_policy = 'plutus', ttl_only_drop_parts = 1
COMMENT 'Plutus policy dce163e50d0dc2e8';
ALTER TABLE otel_metrics_histogram MODIFY TTL toDateTime(TimeUnix) + INTERVAL 7 DAY TO VOLUME 'warm',
  toDateTime(TimeUnix) + INTERVAL 30 DAY DELETE;
ALTER TABLE otel_metrics_histogram MODIFY COMMENT 'Plutus policy dce163e50d0dc2e8';


CREATE TABLE IF NOT EXISTS otel_metrics_exponential_histogram (
  ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  ResourceSchemaUrl String CODEC(ZSTD(1)),
  ScopeName String CODEC(ZSTD(1)),
  ScopeVersion String CODEC(ZSTD(1)),
  ScopeAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  ScopeDroppedAttrCount UInt32,
  ScopeSchemaUrl String CODEC(ZSTD(1)),
  ServiceName LowCardinality(String) CODEC(ZSTD(1)),
  MetricName LowCardinality(String) CODEC(ZSTD(1)),
  MetricDescription String CODEC(ZSTD(1)),
  MetricUnit String CODEC(ZSTD(1)),
  Attributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  StartTimeUnix DateTime64(9) CODEC(Delta(8), ZSTD(1)),
  TimeUnix DateTime64(9) CODEC(Delta(8), ZSTD(1)),
  Flags UInt32,
  Count UInt64,
  Sum Float64,
  Scale Int32,
  ZeroCount UInt64,
  PositiveOffset Int32,
  PositiveBucketCounts Array(UInt64),
  NegativeOffset Int32,
  NegativeBucketCounts Array(UInt64),
  Exemplars Nested (FilteredAttributes Map(LowCardinality(String), String), TimeUnix DateTime64(9), Value Float64, SpanId String, TraceId String),
  Min Float64,
  Max Float64,
  AggregationTemporality Int32
) ENGINE = MergeTree
PARTITION BY toDate(TimeUnix)
ORDER BY (ServiceName, MetricName, cityHash64(Attributes), toDateTime(TimeUnix), TimeUnix)
TTL toDateTime(TimeUnix) + INTERVAL 7 DAY TO VOLUME 'warm',
  toDateTime(TimeUnix) + INTERVAL 30 DAY DELETE
SETTINGS storage_policy = 'plutus', ttl_only_drop_parts = 1
COMMENT 'Plutus policy dce163e50d0dc2e8';
ALTER TABLE otel_metrics_exponential_histogram MODIFY TTL toDateTime(TimeUnix) + INTERVAL 7 DAY TO VOLUME 'warm',
  toDateTime(TimeUnix) + INTERVAL 30 DAY DELETE;
ALTER TABLE otel_metrics_exponential_histogram MODIFY COMMENT 'Plutus policy dce163e50d0dc2e8';


CREATE TABLE IF NOT EXISTS otel_metrics_summary (
  ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  ResourceSchemaUrl String CODEC(ZSTD(1)),
  ScopeName String CODEC(ZSTD(1)),
  ScopeVersion String CODEC(ZSTD(1)),
  ScopeAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  ScopeDroppedAttrCount UInt32,
  ScopeSchemaUrl String CODEC(ZSTD(1)),
  ServiceName LowCardinality(String) CODEC(ZSTD(1)),
  MetricName LowCardinality(String) CODEC(ZSTD(1)),
  MetricDescription String CODEC(ZSTD(1)),
  MetricUnit String CODEC(ZSTD(1)),
  Attributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  StartTimeUnix DateTime64(9) CODEC(Delta(8), ZSTD(1)),
  TimeUnix DateTime64(9) CODEC(Delta(8), ZSTD(1)),
  Flags UInt32,
  Count UInt64,
  Sum Float64,
  ValueAtQuantiles Nested (Quantile Float64, Value Float64)
) ENGINE = MergeTree
PARTITION BY toDate(TimeUnix)
ORDER BY (ServiceName, MetricName, cityHash64(Attributes), toDateTime(TimeUnix), TimeUnix)
TTL toDateTime(TimeUnix) + INTERVAL 7 DAY TO VOLUME 'warm',
  toDateTime(TimeUnix) + INTERVAL 30 DAY DELETE
SETTINGS storage_policy = 'plutus', ttl_only_drop_parts = 1
COMMENT 'Plutus policy dce163e50d0dc2e8';
ALTER TABLE otel_metrics_summary MODIFY TTL toDateTime(TimeUnix) + INTERVAL 7 DAY TO VOLUME 'warm',
  toDateTime(TimeUnix) + INTERVAL 30 DAY DELETE;
ALTER TABLE otel_metrics_summary MODIFY COMMENT 'Plutus policy dce163e50d0dc2e8';
