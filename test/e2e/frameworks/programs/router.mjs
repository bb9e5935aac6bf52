import finalhandler from 'finalhandler'
import Router from 'router'
import run from './apps/router.cjs'

await run(Router, finalhandler)
