import Client from 'stripe'
import run from './calls.cjs'

await run(Client)
