import knex from 'knex'
import run from './knex-calls.cjs'

await run(knex)
