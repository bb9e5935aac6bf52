import hapi from '@hapi/hapi'
import run from './apps/hapi.cjs'

await run(hapi)
