import * as s3 from '@aws-sdk/client-s3'
import run from './aws-calls.cjs'

await run(s3)
