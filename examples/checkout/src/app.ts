import express from 'express'
import type { ErrorRequestHandler, Express } from 'express'
import type { Logger } from 'pino'
import type Stripe from 'stripe'
import type { Accounts } from './accounts.ts'
import { CheckoutError } from './checkout-error.ts'
import type { Payments } from './payments.ts'
import type { Reports } from './reports.ts'
import { addAdminRoutes } from './routes/admin.ts'
import { addHealthRoutes } from './routes/health.ts'
import { addPaymentRoutes } from './routes/payments.ts'
import { addSessionRoutes } from './routes/sessions.ts'
import { addWebhookRoutes } from './routes/webhooks.ts'

/** What the application is made of; each part can be replaced or wrapped. */
export interface AppParts {
  readonly accounts: Accounts
  readonly payments: Payments
  readonly reports: Reports
  /** Verifies a webhook and gives its event, or `undefined` for a bad signature; without it webhooks are refused. */
  readonly readWebhook: ((body: Buffer, signature: string) => Stripe.Event | undefined) | undefined
  readonly isHealthy: () => Promise<boolean>
  readonly log: Logger
}

/** Creates the application over its parts; it listens nowhere yet. */
export function createApp(parts: AppParts): Express {
  const app = express()
  app.disable('x-powered-by')
  addHealthRoutes(app, parts)
  addWebhookRoutes(app, parts)
  app.use(express.json({ limit: '16kb' }))
  addSessionRoutes(app, parts)
  addPaymentRoutes(app, parts)
  addAdminRoutes(app, parts)
  app.use((request) => {
    throw new CheckoutError(404, 'not_found', `There is no ${request.method} ${request.path}`)
  })
  app.use(createErrorHandler(parts.log))
  return app
}

function createErrorHandler(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error)
    const refusal = error instanceof CheckoutError ? error : readRequestError(error)
    if (refusal !== undefined) {
      const { code, message, details } = refusal
      return response.status(refusal.status).json({ error: { code, message }, ...details })
    }
    log.error({ err: error, method: request.method, path: request.path }, 'request failed')
    return response.status(500).json({ error: { code: 'internal_error', message: 'Something went wrong' } })
  }
}

/** Express tells of a body or a path that it could not read by an error with a status. */
function readRequestError(error: unknown): CheckoutError | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined
  const { status } = error
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined
  return new CheckoutError(status, 'unreadable_request', 'The request could not be read')
}
