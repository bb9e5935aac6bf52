import { policyHash } from '../policy-hash.ts'
import { CLASS_ORDER } from '../policy-fields.ts'
import type { Policy, TierPolicy } from '../policy.ts'
import { headOf } from './rendered-file.ts'
import type { RenderedFile } from './rendered-file.ts'
import { tracesDays } from './traces-days.ts'

const MAP = 'Map(LowCardinality(String), String) CODEC(ZSTD(1))'
const TEXT = 'String CODEC(ZSTD(1))'
const WORD = 'LowCardinality(String) CODEC(ZSTD(1))'
const TIME = 'DateTime64(9) CODEC(Delta(8), ZSTD(1))'

// The columns that the collector's exporter writes.
const LOG_COLUMNS = {
  Timestamp: TIME,
  TraceId: TEXT,
  SpanId: TEXT,
  TraceFlags: 'UInt8',
  SeverityText: WORD,
  SeverityNumber: 'UInt8',
  ServiceName: WORD,
  Body: TEXT,
  ResourceSchemaUrl: WORD,
  ResourceAttributes: MAP,
  ScopeSchemaUrl: WORD,
  ScopeName: TEXT,
  ScopeVersion: WORD,
  ScopeAttributes: MAP,
  LogAttributes: MAP,
  // The exporter looks at its start whether there is this column; where it could not, it leaves the column out until the next.
  EventName: `LowCardinality(String) DEFAULT LogAttributes['event.name'] CODEC(ZSTD(1))`,
}
const SPAN_COLUMNS = {
  Timestamp: TIME,
  TraceId: TEXT,
  SpanId: TEXT,
  ParentSpanId: TEXT,
  TraceState: TEXT,
  SpanName: WORD,
  SpanKind: WORD,
  ServiceName: WORD,
  ResourceAttributes: MAP,
  ScopeName: TEXT,
  ScopeVersion: TEXT,
  SpanAttributes: MAP,
  Duration: 'UInt64 CODEC(T64, ZSTD(1))',
  StatusCode: WORD,
  StatusMessage: TEXT,
  Events:
    'Nested (Timestamp DateTime64(9), Name LowCardinality(String), Attributes Map(LowCardinality(String), String))',
  Links: 'Nested (TraceId String, SpanId String, TraceState String, Attributes Map(LowCardinality(String), String))',
}
const METRIC_COLUMNS = {
  ResourceAttributes: MAP,
  ResourceSchemaUrl: TEXT,
  ScopeName: TEXT,
  ScopeVersion: TEXT,
  ScopeAttributes: MAP,
  ScopeDroppedAttrCount: 'UInt32',
  ScopeSchemaUrl: TEXT,
  ServiceName: WORD,
  MetricName: WORD,
  MetricDescription: TEXT,
  MetricUnit: TEXT,
  Attributes: MAP,
  StartTimeUnix: TIME,
  TimeUnix: TIME,
  Flags: 'UInt32',
}
const EXEMPLARS = {
  Exemplars:
    'Nested (FilteredAttributes Map(LowCardinality(String), String), TimeUnix DateTime64(9), Value Float64, SpanId String, TraceId String)',
}
const DISTRIBUTION = { Count: 'UInt64', Sum: 'Float64' }
const BOUNDED = { ...EXEMPLARS, Min: 'Float64', Max: 'Float64', AggregationTemporality: 'Int32' }
// Each kind of metric has a table of its own.
const METRIC_TABLES = {
  gauge: { Value: 'Float64', ...EXEMPLARS },
  sum: { Value: 'Float64', ...EXEMPLARS, AggregationTemporality: 'Int32', IsMonotonic: 'Bool' },
  histogram: { ...DISTRIBUTION, BucketCounts: 'Array(UInt64)', ExplicitBounds: 'Array(Float64)', ...BOUNDED },
  exponential_histogram: {
    ...DISTRIBUTION,
    Scale: 'Int32',
    ZeroCount: 'UInt64',
    PositiveOffset: 'Int32',
    PositiveBucketCounts: 'Array(UInt64)',
    NegativeOffset: 'Int32',
    NegativeBucketCounts: 'Array(UInt64)',
    ...BOUNDED,
  },
  summary: { ...DISTRIBUTION, ValueAtQuantiles: 'Nested (Quantile Float64, Value Float64)' },
}

interface Table {
  readonly name: string
  readonly columns: Readonly<Record<string, string>>
  /** The column by whose time rows are kept. */
  readonly time: string
  /** What rows are looked for by, after the service. */
  readonly sortedBy: string
  readonly days: number
  /** Whether rows are looked for by their trace. */
  readonly hasTrace: boolean
}

/**
 * Renders the tables of ClickHouse: one per class, whose records move through the volumes of the storage policy `plutus`
 * and are deleted when their time is over, and those of spans and metrics. A table that is there already gets the new periods.
 */
export function renderClickhouse(policy: Policy): readonly RenderedFile[] {
  const hash = policyHash(policy)
  const days = tracesDays(policy)
  const rows = { time: 'Timestamp', hasTrace: true }
  const points = { time: 'TimeUnix', hasTrace: false, sortedBy: 'MetricName, cityHash64(Attributes)', days }
  const tables: readonly Table[] = [
    ...CLASS_ORDER.map((name) => {
      const { searchableDays } = policy.classes[name]
      return { ...rows, name: `otel_logs_${name}`, columns: LOG_COLUMNS, sortedBy: 'EventName', days: searchableDays }
    }),
    { ...rows, name: 'otel_traces', columns: SPAN_COLUMNS, sortedBy: 'SpanName', days },
    ...Object.entries(METRIC_TABLES).map(([kind, columns]) => {
      return { ...points, name: `otel_metrics_${kind}`, columns: { ...METRIC_COLUMNS, ...columns } }
    }),
  ]
  return [
    {
      name: 'clickhouse.sql',
      text: `${headOf('--', 'tables and retention in ClickHouse', hash)}\n${tables.map((one) => render(one, policy.tiers, hash)).join('\n')}`,
    },
    { name: 'clickhouse-storage.xml', text: renderStorage(hash) },
  ]
}

function render({ name, columns, time, sortedBy, days, hasTrace }: Table, tiers: TierPolicy, hash: string): string {
  const ttl = ttlOf(time, days, tiers)
  const lines = [
    ...Object.entries(columns).map(([column, type]) => `  ${column} ${type}`),
    ...(hasTrace ? ['  INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1'] : []),
  ]
  return `
CREATE TABLE IF NOT EXISTS ${name} (
${lines.join(',\n')}
) ENGINE = MergeTree
PARTITION BY toDate(${time})
ORDER BY (ServiceName, ${sortedBy}, toDateTime(${time}), ${time})
TTL ${ttl}
SETTINGS storage_policy = 'plutus', ttl_only_drop_parts = 1
COMMENT 'Plutus policy ${hash}';
ALTER TABLE ${name} MODIFY TTL ${ttl};
ALTER TABLE ${name} MODIFY COMMENT 'Plutus policy ${hash}';
`
}

/** Ages at which records move on, as far as they come before the one at which they are deleted. */
function ttlOf(time: string, days: number, { hotDays, warmDays }: TierPolicy): string {
  const moves = [
    [hotDays, 'warm'],
    [warmDays, 'cold'],
  ] as const
  return [
    ...moves.filter(([age]) => age < days).map(([age, volume]) => `${after(time, age)} TO VOLUME '${volume}'`),
    `${after(time, days)} DELETE`,
  ].join(',\n  ')
}

function after(time: string, age: number): string {
  return `toDateTime(${time}) + INTERVAL ${age} DAY`
}

function renderStorage(hash: string): string {
  return `<!-- Plutus: volumes in ClickHouse, policy ${hash}. Rendered; the disks are those of the deployment. -->
<clickhouse>
  <storage_configuration>
    <policies>
      <plutus>
        <volumes>
          <hot><disk>default</disk></hot>
          <warm><disk>warm</disk></warm>
          <cold><disk>cold</disk></cold>
        </volumes>
      </plutus>
    </policies>
  </storage_configuration>
</clickhouse>
`
}
