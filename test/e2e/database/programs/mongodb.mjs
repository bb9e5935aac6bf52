import * as mongodb from 'mongodb'
import * as mongoose from 'mongoose'
import run from './mongodb-calls.cjs'

await run(mongodb, mongoose)
