import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Account } from './account.ts'
import { AUTHENTICATION_PATH, authenticateIntent } from './payment-attempt.ts'

/**
 * Answers the bank's page of a 3-D Secure payment: two links, `outcome=success` and `outcome=failure`,
 * that end the authentication and lead back to the `return_url`. Gives `false` for any other path.
 */
export function answerAuthenticationPage(
  account: Account,
  target: URL,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (target.pathname !== AUTHENTICATION_PATH || request.method !== 'GET') return false
  const intent = account.paymentIntents.find(target.searchParams.get('payment_intent') ?? '')
  const returnUrl = intent?.next_action?.redirect_to_url?.return_url
  if (intent === undefined || typeof returnUrl !== 'string') {
    response.writeHead(404, { 'Content-Type': 'text/plain' }).end('No payment waits for authentication here.\n')
    return true
  }
  const outcome = target.searchParams.get('outcome')
  if (outcome !== 'success' && outcome !== 'failure') {
    const link = `${AUTHENTICATION_PATH}?payment_intent=${intent.id}&amp;outcome=`
    response
      .writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
      .end(
        `<!doctype html><title>3D Secure 2 test page</title><p><a href="${link}success">Complete</a> <a href="${link}failure">Fail</a>\n`,
      )
    return true
  }
  authenticateIntent(account, intent, outcome === 'success')
  const back = new URL(returnUrl)
  back.searchParams.set('payment_intent', intent.id)
  back.searchParams.set('redirect_status', intent.status === 'requires_payment_method' ? 'failed' : 'succeeded')
  response.writeHead(303, { Location: back.href }).end()
  return true
}
