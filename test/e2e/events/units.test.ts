import { NODES } from '@plutus/test-kit'
import type { TestNode } from '@plutus/test-kit'
import { describe, expect, it } from 'vitest'
import { countBy, runStory } from './run-story.ts'

const NEWEST = NODES.at(-1) as TestNode

describe.each(['plutus', 'upstream'])('with the engine %s', (engine) => {
  const env = { PLUTUS_ENGINE: engine }

  it('times decorated methods: one event each, a warning for a slow one, and one histogram of all', async () => {
    const { logs, metrics, stdout } = await runStory('decorated.ts', { node: NEWEST, env })
    expect(stdout).toBe('main monday\nmain settled\nRangeError: no funds\n')
    const timed = logs.filter(({ eventName }) => eventName === 'operation.timed')
    expect(timed.map(({ severityText, attributes }) => ({ severityText, attributes }))).toMatchObject([
      { severityText: 'INFO', attributes: { 'operation.name': 'close', 'event.outcome': 'success' } },
      { severityText: 'WARN', attributes: { 'operation.name': 'ledger.settle', 'operation.slow': true } },
      {
        severityText: 'INFO',
        attributes: { 'operation.name': 'ledger.fail', 'event.outcome': 'failure', 'error.type': 'RangeError' },
      },
    ])
    const histogram = metrics.findLast(({ name }) => name === 'plutus.operation.duration')
    expect(histogram).toMatchObject({ unit: 's', type: 'histogram' })
    for (const { attributes } of timed) {
      const point = histogram?.points.find((one) => one.attributes['operation.name'] === attributes['operation.name'])
      expect([point?.count, point?.sum]).toEqual([1, attributes['operation.duration']])
      expect(point?.attributes['error.type']).toBe(attributes['error.type'])
    }
  })

  it('sends a record of everything that it is given, whatever it is, and the program goes on', async () => {
    const story = await runStory('hostile.mjs', { node: NEWEST, env: { ...env, OTEL_LOG_LEVEL: 'none' } })
    const { recorded, thrown, polluted } = JSON.parse(story.stdout) as Record<string, unknown>
    expect([thrown, polluted]).toEqual([0, undefined])
    expect(story.logs.filter(({ eventName }) => eventName?.startsWith('process.') !== true)).toHaveLength(
      Number(recorded),
    )
    expect(countBy(story, 'plutus.events.losses', 'plutus.reason')).toMatchObject({
      unreadable: expect.any(Number) as number,
      too_large: expect.any(Number) as number,
      invalid: expect.any(Number) as number,
    })
    expect(countBy(story, 'plutus.events.losses', 'plutus.reason')).not.toHaveProperty('failed')
  })
})
