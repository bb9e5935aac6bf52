import connect from 'connect'
import run from './apps/connect.cjs'

await run(connect)
