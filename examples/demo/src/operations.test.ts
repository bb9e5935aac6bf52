import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { nameOperation, percentile, summarizeOperations } from './operations.ts'
import { createSpan } from './sample-spans.ts'

const call = (url: string): ReturnType<typeof createSpan> =>
  createSpan('POST', 0, 1, { kind: 'CLIENT', attributes: { 'url.full': url, 'http.request.method': 'POST' } })

it('counts operations by group and name, with errors and percentiles', () => {
  const serve = (millis: number, isError = false): ReturnType<typeof createSpan> =>
    createSpan('GET /payments', 0, millis, { kind: 'SERVER', status: { code: isError ? 'ERROR' : 'UNSET' } })
  const query = createSpan('SELECT', 0, 3, { kind: 'CLIENT', attributes: { 'db.query.text': 'SELECT 1' } })
  const spans = [
    serve(30),
    serve(10),
    serve(20, true),
    query,
    call('http://stripe/v1/refunds'),
    createSpan('stripe.refunds.create', 0, 2, {
      kind: 'CLIENT',
      attributes: { 'http.request.method': 'POST', 'stripe.retry.count': 2 },
    }),
    createSpan('step', 0, 9),
  ]
  expect(summarizeOperations(spans)).toEqual([
    { group: 'served', name: 'GET /payments', count: 3, errors: 1, retries: 0, p50Millis: 20, p95Millis: 30 },
    { group: 'stripe', name: 'stripe.refunds.create', count: 1, errors: 0, retries: 2, p50Millis: 2, p95Millis: 2 },
    { group: 'database', name: 'SELECT', count: 1, errors: 0, retries: 0, p50Millis: 3, p95Millis: 3 },
    { group: 'called', name: 'POST /v1/refunds', count: 1, errors: 0, retries: 0, p50Millis: 1, p95Millis: 1 },
  ])
})

it.each([
  ['http://127.0.0.1:1/v1/payment_intents/pi_3PqABCDEFGH/capture?x=1', 'POST /v1/payment_intents/:id/capture'],
  ['http://h/payments/f500a35c-470b-4cf5-8294-e77afa3a27dc', 'POST /payments/:id'],
  ['http://h/v1/payment_intents', 'POST /v1/payment_intents'],
  ['not a url', 'POST'],
])('names a call to %s %s', (url, name) => {
  expect(nameOperation(call(url))).toBe(name)
})

it('takes the smallest value that the share does not exceed', () => {
  expect([percentile([], 0.5), percentile([7], 0.95), percentile([1, 2, 3, 4], 0.5)]).toEqual([0, 7, 2])
  const values = fc.array(fc.nat(), { minLength: 1 }).map((list) => list.sort((a, b) => a - b))
  fc.assert(
    fc.property(values, fc.constantFrom(0.5, 0.95, 1), (list, share) => {
      const found = percentile(list, share)
      expect(list.filter((value) => value <= found).length / list.length).toBeGreaterThanOrEqual(share)
      expect(list.filter((value) => value < found).length / list.length).toBeLessThan(share)
    }),
  )
})
