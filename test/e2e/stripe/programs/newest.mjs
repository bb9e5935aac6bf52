import Stripe from 'stripe'
import run from './calls.cjs'

run(Stripe)
