import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collectOperations, STRIPE_PACKAGES, type CollectedOperation } from './collect-operations.test.support.ts'
import { namePath } from './operation-names.ts'
import { renderOperations } from './render-operations.test.support.ts'

const TABLE = fileURLToPath(new URL('operations.generated.ts', import.meta.url))
const collected = new Map(STRIPE_PACKAGES.map((name) => [name, collectOperations(name)]))
const all = [...collected.values()].flat()
const NEWEST = collected.get('stripe') ?? []

const fill = ({ template }: CollectedOperation, id: string): string => template.replaceAll('{id}', id)

describe('the table of operations', () => {
  it('is what generate.ts makes of the installed packages', () => {
    expect(readFileSync(TABLE, 'utf8')).toBe(renderOperations(all))
  })

  it('has every method of the newest version under its own name, and no id in name or template', () => {
    expect(NEWEST.length).toBeGreaterThan(500)
    const aliases = new Set(['accounts.retrieve_current']) // the same request as accounts.retrieve
    for (const operation of NEWEST.filter(({ name }) => !aliases.has(name))) {
      const named = namePath(operation.method, `${fill(operation, 'pi_3NotAnOrdinaryId')}?limit=3&email=a%40b.c`)
      expect(named).toEqual({ operation: operation.name, template: operation.template, isKnown: true })
    }
  })

  it.each(STRIPE_PACKAGES)('knows every request of %s', (name) => {
    const unknown = (collected.get(name) ?? []).filter(
      (operation) => !namePath(operation.method, fill(operation, 'x_1')).isKnown,
    )
    expect(unknown).toEqual([])
  })
})

it.each([
  ['GET', '/v1/payment_intents/search?query=x', 'payment_intents.search', '/v1/payment_intents/search'],
  ['GET', '/v1/payment_intents/pi_1', 'payment_intents.retrieve', '/v1/payment_intents/{id}'],
  [
    'POST',
    '/v1/test_helpers/issuing/cards/ic_1/shipping/deliver',
    'test_helpers.issuing.cards.deliver_card',
    '/v1/test_helpers/issuing/cards/{id}/shipping/deliver',
  ],
  ['GET', '/v1/account', 'accounts.retrieve', '/v1/account'],
  ['GET', '/v2/core/events/evt_1', 'v2.core.events.retrieve', '/v2/core/events/{id}'],
  ['POST', '/oauth/token', 'oauth.token', '/oauth/token'],
])('names %s %s %s', (method, path, operation, template) => {
  expect(namePath(method, path)).toEqual({ operation, template, isKnown: true })
})

// Not in the table: only words of known paths stay.
it.each([
  ['POST', '/v1/payment_intents/pi_1/teleport', 'payment_intents.post', '/v1/payment_intents/{id}/{id}'],
  ['GET', '/v1/4242424242424242', 'request', '/v1/{id}'],
  ['GET', '/v9/things/th_1', 'request', '/{id}/{id}/{id}'],
  ['GET', '', 'request', '/'],
  ['pi_secret', '/v1/refunds', 'refunds.other', '/v1/refunds'],
])('keeps what may be an id out of the name of %s %s', (method, path, operation, template) => {
  expect(namePath(method, path)).toEqual({ operation, template, isKnown: false })
})

it('never tells a part of a path that no known path has', () => {
  const segment = fc.string({ minLength: 12, unit: fc.constantFrom('q', 'Z', '7', '%', '_') })
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 20 }), (segments) => {
      const { operation, template } = namePath('GET', `/v1/customers/${segments.join('/')}`)
      for (const secret of segments) expect(`${operation} ${template}`).not.toContain(secret)
    }),
  )
})
