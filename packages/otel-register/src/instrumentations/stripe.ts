import type { Instrumentation } from '@opentelemetry/instrumentation'
import type { ResolvedConfig } from '@plutus/config'
import { createStripeInstrumentation } from '@plutus/instrumentation-stripe'

export const create = (config: ResolvedConfig): Instrumentation =>
  createStripeInstrumentation({ events: config.get('PLUTUS_STRIPE_EVENTS') })
