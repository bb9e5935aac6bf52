import { expect, it } from 'vitest'
import { stableAttributes } from './stable-attributes.ts'

it('gives attributes their stable names and values', () => {
  expect(
    stableAttributes({
      'db.system': 'mssql',
      'db.name': 'shop',
      'db.statement': 'SELECT 1',
      'db.operation': 'SELECT',
      'db.sql.table': 'orders',
      'net.peer.name': 'db.local',
      'net.peer.port': '1433',
      'knex.version': '3',
    }),
  ).toEqual({
    'db.system.name': 'microsoft.sql_server',
    'db.namespace': 'shop',
    'db.query.text': 'SELECT 1',
    'db.operation.name': 'SELECT',
    'db.collection.name': 'orders',
    'server.address': 'db.local',
    'server.port': 1433,
    'knex.version': '3',
  })
})

it('keeps the stable name where both are there', () => {
  expect(stableAttributes({ 'db.name': 'old', 'db.namespace': 'new' })).toEqual({ 'db.namespace': 'new' })
})

it.each([
  ['mysql2', 'mysql'],
  ['better-sqlite3', 'sqlite'],
  ['pgnative', 'postgresql'],
  ['oracledb', 'oracle.db'],
  ['redshift', 'aws.redshift'],
  ['cassandra', 'cassandra'],
  ['toString', 'toString'],
])('knows %s as %s', (given, system) => {
  expect(stableAttributes({ 'db.system.name': given })).toEqual({ 'db.system.name': system })
})

it.each([
  'db.user',
  'db.connection_string',
  'db.postgresql.values',
  'db.mysql.values',
  'db.memcached.key',
  'db.operation.parameter.0',
  'db.query.parameter.name',
])('drops %s', (name) => {
  expect(stableAttributes({ [name]: 'hunter2' })).toEqual({})
})
