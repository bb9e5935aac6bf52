import type { Attributes } from '@opentelemetry/api'
import {
  ATTR_DB_COLLECTION_NAME,
  ATTR_DB_NAMESPACE,
  ATTR_DB_OPERATION_BATCH_SIZE,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_STORED_PROCEDURE_NAME,
  ATTR_DB_SYSTEM_NAME,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from './attributes.ts'
import { describeCommand } from './command.ts'
import type { Command } from './command.ts'
import { cutText, wordsOfSql } from './sql-words.ts'
import type { SqlDialect } from './sql-tokens.ts'

const DIALECTS: Readonly<Record<string, SqlDialect>> = {
  'aws.redshift': 'standard',
  cassandra: 'standard',
  'microsoft.sql_server': 'mssql',
  mysql: 'mysql',
  'oracle.db': 'standard',
  postgresql: 'standard',
  sqlite: 'standard',
}
// Operations that say more than the text that goes with them.
const OWN_OPERATIONS = /^(?:prepare|EXECUTE|BULK INSERT)$/
/** `cassandra-driver.batch`, `oracledb.Connection.execute`: the last part is the operation. */
const DOTTED_NAME = /^(?:cassandra-driver|oracledb)(?:\.\w+)*\.(\w+)$/

/**
 * Reads the command back from a span of an upstream instrumentation.
 *
 * @param attributes Its attributes, under their stable names.
 * @param name Its name, the one that upstream gave.
 */
export function commandOfSpan(attributes: Attributes, name: string): Command {
  const system = textOf(attributes[ATTR_DB_SYSTEM_NAME]) ?? 'other'
  const queryText = textOf(attributes[ATTR_DB_QUERY_TEXT])
  const dialect = Object.hasOwn(DIALECTS, system) ? DIALECTS[system] : undefined
  const method = DOTTED_NAME.exec(name)?.[1]
  const words = dialect === undefined || method === 'batch' ? {} : wordsOfSql(queryText, dialect)
  const told = textOf(attributes[ATTR_DB_OPERATION_NAME])
  return describeCommand(
    {
      system,
      namespace: textOf(attributes[ATTR_DB_NAMESPACE]),
      address: textOf(attributes[ATTR_SERVER_ADDRESS]),
      port: numberOf(attributes[ATTR_SERVER_PORT]),
    },
    {
      ...words,
      operation: (OWN_OPERATIONS.test(told ?? '') ? told : (words.operation ?? told)) ?? method,
      collection: textOf(attributes[ATTR_DB_COLLECTION_NAME]) ?? words.collection,
      procedure: textOf(attributes[ATTR_DB_STORED_PROCEDURE_NAME]) ?? words.procedure,
      batchSize: numberOf(attributes[ATTR_DB_OPERATION_BATCH_SIZE]),
      queryText: queryText === undefined ? undefined : cutText(queryText),
      isShared: false,
    },
  )
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
