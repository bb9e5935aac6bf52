import mysql from 'mysql'
import run from './mysql-calls.cjs'

await run(mysql)
