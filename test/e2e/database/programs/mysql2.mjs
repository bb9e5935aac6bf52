import mysql from 'mysql2'
import run from './mysql-calls.cjs'

await run(mysql)
