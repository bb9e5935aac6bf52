import { ioredis } from './ioredis.ts'
import { knex } from './knex.ts'
import { mongodb } from './mongodb.ts'
import { mongoose } from './mongoose.ts'
import { mysql } from './mysql.ts'
import { mysql2 } from './mysql2.ts'
import { pg } from './pg.ts'
import { redis } from './redis.ts'
import type { System } from './system.ts'
import { cassandra, memcached, oracledb, tedious } from './upstream-drivers.ts'

const PREFIX = '@opentelemetry/instrumentation-'
const SYSTEMS: Readonly<Record<string, System>> = {
  'cassandra-driver': cassandra,
  ioredis,
  knex,
  memcached,
  mongodb,
  mongoose,
  mysql,
  mysql2,
  oracledb,
  pg,
  redis,
  tedious,
}

/** What is known about an upstream instrumentation by its name. */
export function systemOf(instrumentationName: string): System | undefined {
  const name = instrumentationName.startsWith(PREFIX) ? instrumentationName.slice(PREFIX.length) : ''
  return Object.hasOwn(SYSTEMS, name) ? SYSTEMS[name] : undefined
}
