import { describe, expect, it } from 'vitest'
import { RUNS, runStory, serverSpan } from './run-story.ts'

describe.each(RUNS)('on Node $label with the engine $engine', ({ node, engine }) => {
  it('sends what pino, winston, bunyan, console and the loggers say in a request once, within its trace, and prints as before', async () => {
    const story = await runStory('bridges.cjs', { node, env: { PLUTUS_ENGINE: engine } })
    const { traceId, spanId } = serverSpan(story)
    const records = story.logs.filter(({ eventName }) => eventName?.startsWith('process.') !== true)
    // Payment events may overtake what matters less.
    expect(records.filter(({ eventName }) => eventName === 'business.event')).toHaveLength(1)
    const free = records.filter(({ eventName }) => eventName === undefined)
    expect(free.map(({ body }) => body)).toEqual([
      'by pino',
      'by winston',
      'by bunyan',
      'by console',
      expect.stringMatching(/^TypeError: by console too\n/),
      'by events',
    ])
    expect(records).toHaveLength(free.length + 1)
    for (const record of records) {
      expect(record).toMatchObject({ traceId, spanId, attributes: { tenant: 'acme' } })
      expect(record.attributes['correlation.id']).toBe(engine === 'plutus' ? 'order-17' : undefined)
    }
    expect(free[4]).toMatchObject({ severityText: 'ERROR', attributes: { 'exception.type': 'TypeError' } })
    for (const text of ['by pino', 'by winston', 'by bunyan', 'by console\n']) {
      expect(story.stdout.split(text)).toHaveLength(2)
    }
    expect(story.stdout).not.toContain('by events')
  })
})
