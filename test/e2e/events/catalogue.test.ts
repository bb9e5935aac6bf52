import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CATALOGUE, DURABLE_CLASSES, severityOf, WHO_DID_WHAT } from '@plutus/conventions'
import type { EventDefinition } from '@plutus/conventions'
import { sampleFields } from '@plutus/test-contract/sample-record'
import { NODES } from '@plutus/test-kit'
import type { ReceivedLog } from '@plutus/test-kit'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { countBy, RUNS, runStory, serverSpan } from './run-story.ts'
import type { Story } from './run-story.ts'

const ULID = /^[\dA-HJKMNP-TV-Z]{26}$/
const CORRELATION_ID = /^[\da-f-]{36}$/
const ENGINES = ['plutus', 'upstream'] as const
const schema = createRequire(import.meta.url).resolve('@plutus/conventions/catalogue.schema.json')
const isValid = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(schema, 'utf8')) as object)

const isDurable = (event: EventDefinition): boolean => DURABLE_CLASSES.some((one) => one === event.class)
const isWhoDidWhat = (event: EventDefinition): boolean => event.class === 'security' || event.class === 'audit'
const required = (event: EventDefinition): string[] =>
  Object.keys(event.attributes).filter((name) => event.attributes[name]?.required === true)

/** Only what a caller has to give: neither what is optional, nor what the context would tell. */
function bareFields(event: EventDefinition): Record<string, unknown> {
  const all = sampleFields(event)
  const names = required(event).filter((name) => name === 'user.id' || !WHO_DID_WHAT.some((one) => one === name))
  const asked = isWhoDidWhat(event) ? names.filter((name) => name !== 'user.id') : names
  return Object.fromEntries(asked.map((name) => [name, all[name]]))
}

describe.each(RUNS)('on Node $label with the engine $engine', ({ node, engine }) => {
  let story: Story
  let traceId: string
  let spanId: string
  const find = (event: EventDefinition, walk: string): ReceivedLog => {
    const found = story.logs.filter(
      ({ eventName, attributes }) => eventName === event.name && attributes['walk'] === walk,
    )
    expect(found).toHaveLength(1)
    return found[0] as ReceivedLog
  }

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'events-'))
    const file = join(folder, 'calls.json')
    const calls = CATALOGUE.flatMap((event) => [
      { logger: event.logger, method: event.method, fields: sampleFields(event), walk: 'full' },
      { logger: event.logger, method: event.method, fields: bareFields(event), walk: 'bare' },
    ])
    writeFileSync(file, JSON.stringify(calls))
    try {
      story = await runStory('walk-catalogue.mjs', { node, args: [file], env: { PLUTUS_ENGINE: engine } })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    ;({ traceId, spanId } = serverSpan(story))
  })

  it.each(CATALOGUE.map((event) => [event.name, event] as const))(
    'sends %s with its class, severity, fields and ids, within the span of the request',
    (_name, event) => {
      for (const [walk, fields] of [
        ['full', sampleFields(event)],
        ['bare', bareFields(event)],
      ] as const) {
        const record = find(event, walk)
        const { attributes } = record
        const severity = severityOf(event, attributes).toUpperCase()
        expect(record).toMatchObject({ severityText: severity, traceId, spanId, body: undefined })
        expect(record.scope.name).toBe(`plutus.${event.logger}`)
        expect(record.timeUnixNano).toBeGreaterThan(0n)
        expect(attributes).toMatchObject({ ...fields, 'plutus.data.class': event.class })
        expect(Object.keys(attributes)).toEqual(expect.arrayContaining(required(event)))
        expect(attributes).not.toHaveProperty('plutus.event.invalid')
        // Upstream's HTTP instrumentation, which that engine brings, knows no correlation id.
        expect(CORRELATION_ID.test(String(attributes['correlation.id']))).toBe(engine === 'plutus')
        expect(ULID.test(String(attributes['log.record.uid']))).toBe(isDurable(event))
        expect(attributes['owasp.event']).toBe(event.owasp)
        isValid(record)
        expect(isValid.errors).toBeNull()
      }
    },
  )

  it('says unknown in the fields of PCI DSS 10.2.2 that neither caller nor event knows', () => {
    const bare = CATALOGUE.filter(isWhoDidWhat).map((event) => [event, find(event, 'bare').attributes] as const)
    expect(bare.length).toBeGreaterThan(50)
    for (const [event, attributes] of bare) {
      const expected = event.outcome ?? attributes['audit.outcome'] ?? 'unknown'
      expect(attributes['event.outcome']).toBe(expected)
      expect(attributes['user.id']).toBe(attributes['audit.actor.id'] ?? 'unknown')
      expect(attributes['resource.id']).toBe(attributes['audit.target.id'] ?? 'unknown')
    }
  })

  it('gives every durable record an id of its own', () => {
    const uids = story.logs.flatMap(({ attributes }) => attributes['log.record.uid'] ?? [])
    expect(new Set(uids).size).toBe(uids.length)
    expect(uids.length).toBeGreaterThanOrEqual(2 * CATALOGUE.filter(isDurable).length)
  })

  it('counts no loss', () => {
    expect(story.stdout).toBe(`called ${2 * CATALOGUE.length}\n`)
    expect(countBy(story, 'plutus.events.losses', 'plutus.reason')).toEqual({})
  })
})

describe.each(ENGINES)('with the engine %s', (engine) => {
  it('sends, marks and counts events that break their definition, and the program goes on', async () => {
    const story = await runStory('invalid.mjs', {
      node: NODES.at(-1) as (typeof NODES)[number],
      env: { PLUTUS_ENGINE: engine, OTEL_LOG_LEVEL: 'warn' },
    })
    expect(story.stdout).toBe('ran\n')
    const records = story.logs.filter(({ scope }) => ['plutus.business', 'plutus.security'].includes(scope.name))
    expect(records.map(({ attributes }) => attributes['payment.id'])).toEqual(
      expect.arrayContaining(['p1', 'p2', 'p3', 'p4', '[unreadable]', 'p5']),
    )
    expect(records.filter(({ attributes }) => attributes['plutus.event.invalid'] === true)).toHaveLength(7)
    expect(records.find(({ attributes }) => attributes['payment.id'] === 'p5')?.attributes).not.toHaveProperty(
      'plutus.event.invalid',
    )
    expect(records.find(({ attributes }) => attributes['payment.id'] === 'p1')?.attributes['payment.amount']).toBe(12.5)
    expect(countBy(story, 'plutus.events.losses', 'plutus.reason')).toMatchObject({ invalid: 7 })
  })
})
