import { isFull, runProgram, startReceiver, stripeMock } from '@plutus/test-kit'
import type { ReceivedMetric, ReceivedSpan, StripeMock } from '@plutus/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { programFile } from './program-file.ts'

const ALL = [22, 21, 20, 19, 18, 17, 16, 15, 14].map((major) => `stripe${major}`)
const ID = /PlutusNotATemplate/
const BUILD_MILLIS = 600_000

interface Outcome {
  readonly called: readonly string[]
  readonly answered: number
  readonly calls: readonly ReceivedSpan[]
  readonly metrics: readonly ReceivedMetric[]
}

/** Calls methods of some versions of the library, with ids that must not be told as names. */
async function callAll(mock: StripeMock, libraries: readonly string[], methods?: string): Promise<Outcome> {
  const receiver = await startReceiver()
  try {
    const env = {
      STRIPE_PORT: String(mock.port),
      STRIPE_KEY: ['sk', 'test', '123'].join('_'), // the mock takes any of that form
      LIBRARIES: libraries.join(' '),
      ...(methods === undefined ? {} : { METHODS: methods }),
    }
    const { code, stdout, stderr } = await runProgram({ file: programFile('all-methods.cjs'), env, receiver })
    expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
    const { called, answered } = JSON.parse(stdout) as Pick<Outcome, 'called' | 'answered'>
    const calls = receiver.spans.filter((span) => span.name.startsWith('stripe.'))
    return { called, answered, calls, metrics: [...receiver.metrics] }
  } finally {
    await receiver.close()
  }
}

describe.skipIf(stripeMock.reason !== '')(`Stripe's own mock server ${stripeMock.reason}`, () => {
  let mock: StripeMock

  beforeAll(async () => {
    mock = await stripeMock.start()
  }, BUILD_MILLIS)
  afterAll(() => mock.close())

  it('sees every method of the newest version named and templated, with no id in a name or a label', async () => {
    const { called, answered, calls, metrics } = await callAll(mock, ['stripe'])
    expect(called.length).toBeGreaterThan(600)
    expect(answered).toBeGreaterThan(300) // the mock does not know what is newer than itself, and asks for parameters
    // One is another word for `accounts.retrieve`; a file upload without a file is never sent.
    const sent = calls.filter(({ name }) => name !== 'stripe.files.create')
    const asked = called.filter((name) => name !== 'accounts.retrieve_current')
    expect(new Set(sent.map(({ name }) => name))).toEqual(new Set(asked.map((name) => `stripe.${name}`)))
    for (const { name, attributes } of sent) {
      const { 'url.template': template, 'http.response.status_code': status } = attributes
      expect(`${name} ${String(template)}`).not.toMatch(ID)
      expect(template).toMatch(/^\/(?:v[12]|oauth)\/[a-z_/{}0-9]+$/)
      expect(status).toBeTypeOf('number')
    }
    const measured = metrics.filter(({ name }) => name.startsWith('stripe.client.'))
    expect(measured.length).toBeGreaterThan(0)
    for (const { points } of measured) {
      for (const { attributes } of points) expect(JSON.stringify(attributes)).not.toMatch(ID)
    }
  })

  it('sees the same names from every other supported major', async () => {
    const payments = '^(?:payment_intents|customers|refunds|subscriptions|test_helpers)[.]'
    const { called, calls } = await callAll(mock, ALL, isFull ? undefined : payments)
    expect(called).toEqual(expect.arrayContaining(['payment_intents.create', 'customers.list', 'refunds.create']))
    // What two versions call otherwise has the name of the newer one.
    const names = new Set(calls.map(({ name }) => name))
    const missing = called.filter((name) => !names.has(`stripe.${name}`))
    expect(missing.filter((name) => !/^account\.|retrieve_current$|credit_balance_summary/.test(name))).toEqual([])
    for (const { name, attributes } of calls) expect(`${name} ${String(attributes['url.template'])}`).not.toMatch(ID)
  })
})
