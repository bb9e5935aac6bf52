import type { Attributes, AttributeValue } from '@opentelemetry/api'
import {
  ATTR_DB_COLLECTION_NAME,
  ATTR_DB_NAMESPACE,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_SYSTEM_NAME,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from './attributes.ts'

const STABLE_NAMES: Readonly<Record<string, string>> = {
  'db.system': ATTR_DB_SYSTEM_NAME,
  'db.name': ATTR_DB_NAMESPACE,
  'db.redis.database_index': ATTR_DB_NAMESPACE,
  'db.statement': ATTR_DB_QUERY_TEXT,
  'db.operation': ATTR_DB_OPERATION_NAME,
  'db.sql.table': ATTR_DB_COLLECTION_NAME,
  'db.mongodb.collection': ATTR_DB_COLLECTION_NAME,
  'db.cassandra.table': ATTR_DB_COLLECTION_NAME,
  'net.peer.name': ATTR_SERVER_ADDRESS,
  'net.peer.port': ATTR_SERVER_PORT,
  'net.peer.ip': 'network.peer.address',
  'net.sock.peer.addr': 'network.peer.address',
  'net.sock.peer.port': 'network.peer.port',
}

// Bound values, credentials and free text: no attribute of these leaves, whatever an instrumentation is configured to do.
const DROPPED =
  /^db\.(?:user|connection_string|postgresql\.(?:values|plan)|mysql\.values|memcached\.(?:key|lifetime)|(?:operation|query)\.parameter\..*)$/

const SYSTEMS: Readonly<Record<string, string>> = {
  'better-sqlite3': 'sqlite',
  cockroachdb: 'postgresql',
  mssql: 'microsoft.sql_server',
  mysql2: 'mysql',
  oracle: 'oracle.db',
  oracledb: 'oracle.db',
  pg: 'postgresql',
  pgnative: 'postgresql',
  redshift: 'aws.redshift',
  sqlite3: 'sqlite',
}

/** Stable name of an attribute of a database span; `undefined` if the attribute is to be dropped. */
function stableName(name: string): string | undefined {
  if (DROPPED.test(name)) return undefined
  return Object.hasOwn(STABLE_NAMES, name) ? STABLE_NAMES[name] : name
}

/** Stable value of `db.system.name`: `mssql` becomes `microsoft.sql_server`. */
function stableSystem(name: string): string {
  return (Object.hasOwn(SYSTEMS, name) ? SYSTEMS[name] : undefined) ?? name
}

/** Attributes of a database span under their stable names; what has one already is kept over an old name. */
export function stableAttributes(attributes: Attributes): Attributes {
  const stable: Attributes = {}
  for (const [name, value] of Object.entries(attributes)) {
    const newName = stableName(name)
    if (value === undefined || newName === undefined) continue
    if (newName !== name && attributes[newName] !== undefined) continue
    stable[newName] = stableValue(newName, value)
  }
  return stable
}

function stableValue(name: string, value: AttributeValue): AttributeValue {
  if (name === ATTR_DB_SYSTEM_NAME && typeof value === 'string') return stableSystem(value)
  if (name === ATTR_DB_NAMESPACE && typeof value === 'number') return String(value)
  return name === ATTR_SERVER_PORT && typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
}
