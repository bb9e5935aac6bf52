import type { System } from './system.ts'

// Drivers that upstream follows well; their spans are only put into stable words, measured and told.

/** `cassandra-driver`. Upstream's option for reporting more adds the text of the query, never its parameters. */
export const cassandra: System = {
  config: { enhancedDatabaseReporting: true, maxQueryLength: 4096 },
  roleOf: () => 'driver',
}

/** `tedious`, the driver of SQL Server. */
export const tedious: System = { config: {}, roleOf: () => 'driver' }

/** `memcached`. */
export const memcached: System = { config: { enhancedDatabaseReporting: false }, roleOf: () => 'driver' }

/** `oracledb`, which measures itself, durations and pools. */
export const oracledb: System = {
  config: { dbStatementDump: true, enhancedDatabaseReporting: false },
  keepsUpstreamMetrics: true,
  roleOf: (name) => (/\.execute(?:Many)?\b/.test(name) ? 'driver' : 'detail'),
}
