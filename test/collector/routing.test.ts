import { collectorBinary } from '@plutus/otelcol-distribution'
import { isFull, startReceiver, waitFor } from '@plutus/test-kit'
import type { Receiver } from '@plutus/test-kit'
import type { EventSeverity } from '@plutus/conventions'
import { CLASS_ORDER, classOfRecord, renderCollector, SEVERITIES } from '@plutus/policy'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { logsRequest } from './src/otlp-json.ts'
import { smallPolicy } from './src/renderings.ts'
import { removeCollectors, startCollector } from './src/running-collector.ts'
import type { RunningCollector } from './src/running-collector.ts'

const { reason } = collectorBinary
const policy = smallPolicy(`classes:
  audit: { match: [{ events: 'ledger.*' }, { severity: fatal }] }
  security: { match: [{ events: ['auth.*', pan_found], severity: warn }] }
  performance: { match: [{ events: '*.slow' }] }`)
const receivers = new Map<string, Receiver>()
let collector: RunningCollector

// What a sender may write as a class: right, wrong, of another type, and what means something to YAML, OTTL or a shell.
const className = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<unknown>(...CLASS_ORDER) },
  fc.constantFrom<unknown>('PAYMENT', ' payment', 'payment ', 'payments', 'payment"', "' or true", '*', '', '\u0000'),
  fc.constantFrom<unknown>('${env:HOME}', '$$', 'application.', 0, 1.5, true, undefined, ['payment'], {
    payment: true,
  }),
  fc.string(),
)
const eventName = fc.oneof(
  fc.constantFrom(
    'ledger.',
    'ledger.entry',
    'a.ledger.entry',
    'ledgerx',
    'auth.login.failure',
    'pan_found',
    'xpan_found',
  ),
  fc.constantFrom('http.request.slow', '.slow', 'slow', undefined),
  fc.string({ unit: fc.constantFrom('a', '.', '*', 'ledger.', 'auth.', '.slow', '"') }),
)
const record = fc.record({
  className,
  eventName,
  severity: fc.oneof(fc.constantFrom(undefined, 0, 8, 9, 12, 13, 16, 17, 20, 21, 24), fc.integer({ min: 0, max: 24 })),
  body: fc.oneof(
    fc.string(),
    fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { maxKeys: 3 }),
    fc.constant(undefined),
  ),
})
const resource = fc.constantFrom<Record<string, unknown>>(
  {},
  { 'plutus.data.class': 'audit' },
  { 'plutus.data.class': 7 },
)

describe.skipIf(reason !== '')(`routing${reason && ` (${reason})`}`, () => {
  beforeAll(async () => {
    for (const name of CLASS_ORDER) receivers.set(name, await startReceiver())
    const env = Object.fromEntries(
      [...receivers].map(([name, { httpUrl }]) => [`PLUTUS_OTLP_ENDPOINT_${name.toUpperCase()}`, httpUrl]),
    )
    // Nothing else is sent, so nothing else needs an address.
    const elsewhere = { PLUTUS_OTLP_ENDPOINT: 'http://127.0.0.1:1' }
    collector = await startCollector(renderCollector(policy, { role: 'single' }), { env: { ...elsewhere, ...env } })
  })
  afterAll(async () => {
    removeCollectors()
    await Promise.all([...receivers.values()].map(async (receiver) => await receiver.close()))
  })

  it('brings each record to the outputs of its class and to no others, whatever it says of itself', async () => {
    let count = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(record, resource), { minLength: 200, maxLength: 200 }), async (records) => {
        for (const receiver of receivers.values()) receiver.clear()
        const expected = new Map<string, string>()
        const requests = records.map(([{ className: given, eventName, severity, body }, ofResource]) => {
          const id = `r${count++}`
          const traits = {
            dataClass: given,
            ...(eventName === undefined ? {} : { eventName }),
            ...severityOf(severity),
          }
          expected.set(id, classOfRecord(policy, traits))
          const attributes = { id, ...(given === undefined ? {} : { 'plutus.data.class': given }) }
          const log = { attributes, body, ...(eventName === undefined ? {} : { eventName }) }
          return logsRequest([severity === undefined ? log : { ...log, severity }], { resource: ofResource })
        })
        expect(await collector.send('logs', merge(requests))).toBe(200)
        await waitFor(() => arrived().length >= records.length)
        const places = Object.fromEntries(arrived().map(([id, place]) => [id, place]))
        expect(places).toEqual(Object.fromEntries(expected))
        expect(arrived()).toHaveLength(records.length) // at least once here, and without faults once
        expect([...receivers].flatMap(([, { malformed }]) => malformed)).toEqual([])
      }),
      { numRuns: isFull ? 100 : 5, endOnFailure: true },
    )
  })

  it('writes the class on the resource, where backends look, whatever the sender wrote there', () => {
    for (const [name, { logs }] of receivers) {
      expect(new Set(logs.map(({ resource: { 'plutus.data.class': written } }) => written))).toEqual(new Set([name]))
    }
  })

  it('archives all of the classes that must not be lost, and nothing of others', async () => {
    for (const name of CLASS_ORDER) {
      const ids = receivers.get(name)?.logs.map(({ attributes }) => attributes['id'] as string) ?? []
      const archive = collector.archive(name)
      const isArchived = policy.classes[name].durable
      expect(ids.length).toBeGreaterThan(0)
      expect(ids.filter((id) => archive.includes(`"${id}"`))).toEqual(isArchived ? ids : [])
    }
  })
})

function severityOf(severity = 0): { severity?: EventSeverity } {
  if (severity < 1) return {}
  return { severity: SEVERITIES[Math.floor(Math.max(0, severity - 5) / 4)] ?? 'fatal' }
}

function arrived(): [id: string, place: string][] {
  return [...receivers].flatMap(([name, { logs }]) =>
    logs.map(({ attributes }): [string, string] => [attributes['id'] as string, name]),
  )
}

function merge(requests: readonly object[]): object {
  return { resourceLogs: requests.flatMap((request) => (request as { resourceLogs: object[] }).resourceLogs) }
}
