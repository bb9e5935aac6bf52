import { Stripe } from 'stripe14'
import run from './calls.cjs'

await run(Stripe)
