import bunyan from 'bunyan'
import run from './bunyan-log.cjs'

await run(bunyan)
