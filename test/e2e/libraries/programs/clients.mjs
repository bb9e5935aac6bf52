import * as undici from 'undici'
import run from './client-calls.cjs'

await run(undici)
