import pg from 'pg'
import run from './pg-calls.cjs'

await run(pg)
