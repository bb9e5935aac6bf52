import { fileURLToPath } from 'node:url'
import { END_NODES, NODES } from '@plutus/test-kit'
import type { TestNode } from '@plutus/test-kit'
import { describe, expect, it } from 'vitest'
import { buildCopy, buildOnOldApi } from './program-file.ts'
import { readLines, runPlain, runStory, serverSpan } from './run-story.ts'

const NEWEST = NODES.at(-1) as TestNode
const EXPECTED = [
  { body: 'Payment processed', severityText: 'INFO', attributes: { 'payment.id': 'p1', tenant: 'acme' } },
  { eventName: 'payment.attempt', attributes: { 'payment.amount': 1234, tenant: 'acme' } },
  { eventName: 'auth.logout', attributes: { 'user.id': 'u1', 'client.address': 'unknown', tenant: 'acme' } },
  { eventName: 'operation.timed', attributes: { 'operation.name': 'capture', 'event.outcome': 'success' } },
]

describe.each(END_NODES)('without the hook on Node $label', (node) => {
  it('says nothing and changes nothing when no SDK is there', async () => {
    expect(await runPlain('loggers.mjs', { node })).toBe('')
  })

  it('prints records when it is asked to, at the level that it is told', async () => {
    const lines = readLines(await runPlain('loggers.mjs', { node, env: { PLUTUS_LOG_CONSOLE: 'json' } }))
    expect(lines.map(({ event, message }) => event ?? message)).toEqual(
      EXPECTED.map(({ eventName, body }) => eventName ?? body),
    )
    const env = { PLUTUS_LOG_CONSOLE: 'json', LOG_LEVEL: 'error', PLUTUS_LOG_LEVELS: 'payments=debug' }
    const verbose = readLines(await runPlain('loggers.mjs', { node, env }))
    expect(verbose.map(({ message }) => message)).toContain('below the level')
  })

  it.each([
    ['of the 2.x line, on the API 1.9', () => buildOnOldApi('vendor-2.cjs')],
    ['of the 2.x line, on the API 1.10', () => fileOf('vendor-2.cjs')],
    ['of the 3.x line', () => fileOf('vendor-3.cjs')],
  ])('records with an SDK %s that a vendor set up, within its trace', async (_which, vendor) => {
    const nodeOptions = ['--require', await vendor()]
    const records = readLines(await runPlain('loggers.mjs', { node, nodeOptions }))
    expect(records).toMatchObject(EXPECTED)
    for (const { hasTime, traceId, spanId } of records) {
      expect([hasTime, traceId, spanId]).toEqual([true, '0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'])
    }
  })
})

describe.each([
  ['that share a copy of the API', false],
  ['of which one has its own copy of the API', true],
])('with two copies of the package %s', (_which, ownApi) => {
  const COPIES = [
    { message: 'by the first', attributes: { seen: expect.stringContaining('"shop":"s1"') as string } },
    { message: 'by the second', attributes: { seen: expect.stringContaining('"user.id":"u1"') as string } },
  ]

  it('shares settings and context without an SDK, and prints each record once', async () => {
    const args = [await buildCopy('first', false), await buildCopy(`second-${ownApi}`, ownApi)]
    const stdout = await runPlain('two-copies.mjs', { node: NEWEST, args, env: { PLUTUS_LOG_CONSOLE: 'json' } })
    const lines = readLines(stdout)
    expect(lines.slice(0, 2)).toMatchObject(COPIES)
    expect(lines).toHaveLength(4)
    for (const { attributes } of lines)
      expect(attributes).toMatchObject({ tenant: 'acme', shop: 's1', 'user.id': 'u1' })
  })

  it.each(['plutus', 'upstream'])(
    'sends each record once under the hook, within the trace (engine %s)',
    async (engine) => {
      const args = [await buildCopy('first', false), await buildCopy(`second-${ownApi}`, ownApi)]
      const story = await runStory('two-copies.mjs', { node: NEWEST, args, env: { PLUTUS_ENGINE: engine } })
      const { traceId, spanId } = serverSpan(story)
      const records = story.logs.filter(({ eventName }) => eventName?.startsWith('process.') !== true)
      const said = records.map(({ body, attributes }) => String(body ?? attributes['business.event.type']))
      // Payment events may overtake what matters less.
      expect(said.toSorted((a, b) => a.localeCompare(b))).toEqual(
        ['by the first', 'by the second', 'by.the.first', 'by.the.second'].toSorted((a, b) => a.localeCompare(b)),
      )
      for (const record of records) {
        expect(record).toMatchObject({ traceId, spanId, attributes: { tenant: 'acme', shop: 's1', 'user.id': 'u1' } })
      }
    },
  )
})

function fileOf(name: string): string {
  return fileURLToPath(new URL(`programs/${name}`, import.meta.url))
}
