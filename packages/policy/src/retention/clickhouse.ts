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
  EventName: WORD,
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

/**
 * Renders the tables of ClickHouse: one per class, whose records move through the volumes of the storage policy `plutus`
 * and are deleted when their time is over. A table that is there already gets the new periods.
 */
export function renderClickhouse(policy: Policy): readonly RenderedFile[] {
  const hash = policyHash(policy)
  const tables = [
    ...CLASS_ORDER.map((name) =>
      table(`otel_logs_${name}`, LOG_COLUMNS, 'EventName', policy.classes[name].searchableDays, policy.tiers, hash),
    ),
    table('otel_traces', SPAN_COLUMNS, 'SpanName', tracesDays(policy), policy.tiers, hash),
  ]
  return [
    {
      name: 'clickhouse.sql',
      text: `${headOf('--', 'tables and retention in ClickHouse', hash)}\n${tables.join('\n')}`,
    },
    { name: 'clickhouse-storage.xml', text: renderStorage(hash) },
  ]
}

function table(
  name: string,
  columns: Readonly<Record<string, string>>,
  sortedBy: string,
  days: number,
  tiers: TierPolicy,
  hash: string,
): string {
  const ttl = ttlOf(days, tiers)
  const lines = Object.entries(columns).map(([column, type]) => `  ${column} ${type},`)
  return `
CREATE TABLE IF NOT EXISTS ${name} (
${lines.join('\n')}
  INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (ServiceName, ${sortedBy}, toDateTime(Timestamp), Timestamp)
TTL ${ttl}
SETTINGS storage_policy = 'plutus', ttl_only_drop_parts = 1
COMMENT 'Plutus policy ${hash}';
ALTER TABLE ${name} MODIFY TTL ${ttl};
ALTER TABLE ${name} MODIFY COMMENT 'Plutus policy ${hash}';
`
}

/** Ages at which records move on, as far as they come before the one at which they are deleted. */
function ttlOf(days: number, { hotDays, warmDays }: TierPolicy): string {
  const moves = [
    [hotDays, 'warm'],
    [warmDays, 'cold'],
  ] as const
  return [
    ...moves.filter(([age]) => age < days).map(([age, volume]) => `${after(age)} TO VOLUME '${volume}'`),
    `${after(days)} DELETE`,
  ].join(',\n  ')
}

function after(age: number): string {
  return `toDateTime(Timestamp) + INTERVAL ${age} DAY`
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
