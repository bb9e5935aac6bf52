import type { Express } from 'express'
import type { AppParts } from '../app.ts'
import { html } from '../html.ts'
import type { Html } from '../html.ts'
import type { Payment } from '../payment.ts'
import { signedInAdmin } from '../signed-in.ts'

const LATEST = 50

/** `GET /admin`, a page, and `GET /reports/daily`, slow figures; both for admins. */
export function addAdminRoutes(app: Express, { accounts, payments, reports }: AppParts): void {
  app.get('/admin', async (request, response) => {
    const user = await signedInAdmin(accounts, request)
    const totals = await reports.byStatus()
    const latest = await payments.list(user, { status: undefined, text: undefined, after: undefined, limit: LATEST })
    const page = html`<!doctype html>
      <html lang="en">
        <title>Checkout</title>
        <h1>Payments</h1>
        <p>Signed in as ${user.email}</p>
        <table>
          <tr>
            <th>Status</th>
            <th>Currency</th>
            <th>Payments</th>
            <th>Amount</th>
          </tr>
          ${totals.map(
            (row) =>
              html`<tr>
                <td>${row.status}</td>
                <td>${row.currency}</td>
                <td>${row.payments}</td>
                <td>${row.amount}</td>
              </tr> `,
          )}
        </table>
        <h2>Latest</h2>
        <table>
          <tr>
            <th>Id</th>
            <th>Amount</th>
            <th>Status</th>
            <th>Description</th>
          </tr>
          ${latest.map(showRow)}
        </table>
      </html> `
    response.set('Content-Security-Policy', "default-src 'none'").type('html').send(page.text)
  })

  app.get('/reports/daily', async (request, response) => {
    await signedInAdmin(accounts, request)
    response.json({ days: await reports.daily() })
  })
}

function showRow({ id, amount, currency, status, description }: Payment): Html {
  return html`<tr>
    <td>${id}</td>
    <td>${amount} ${currency}</td>
    <td>${status}</td>
    <td>${description}</td>
  </tr> `
}
