import { createApp } from '@plutus/example-checkout'
import type { AppParts } from '@plutus/example-checkout'
import express from 'express'
import type { RequestListener } from 'node:http'
import { recordAccounts } from './record-accounts.ts'
import { recordAdmin } from './record-admin.ts'
import { recordPayments } from './record-payments.ts'
import { recordWebhookEvents, recordWebhooks } from './record-webhooks.ts'

/** Builds the same service with each part telling what it does. */
export function withEvents(parts: AppParts): RequestListener {
  const { accounts, payments, readWebhook } = parts
  const app = express()
  app.disable('x-powered-by')
  app.use(['/admin', '/reports'], recordAdmin)
  app.use(
    createApp({
      ...parts,
      accounts: recordAccounts(accounts),
      payments: { ...recordPayments(payments), applyEvent: recordWebhookEvents(payments.applyEvent) },
      readWebhook: recordWebhooks(readWebhook),
    }),
  )
  return app
}
