import type { ReceivedLog } from '@plutus/test-kit'
import { describe, expect, it } from 'vitest'
import { programFile } from './program-file.ts'
import { RUNS, runStory, serverSpan } from './run-story.ts'
import type { Story } from './run-story.ts'

const said = ({ logs }: Story, body: string): ReceivedLog => {
  const found = logs.filter((log) => log.body === body)
  expect(found).toHaveLength(1)
  return found[0] as ReceivedLog
}

describe.each(RUNS)('on Node $label with the engine $engine', ({ node, engine }) => {
  it('hands trace, fields and correlation id on to a worker thread and to a queued job, and to nobody else', async () => {
    const worker = await programFile('hand-over-worker.mjs', node)
    const story = await runStory('hand-over.mjs', { node, args: [worker], env: { PLUTUS_ENGINE: engine } })
    const request = serverSpan(story)
    const job = story.spans.find(({ name }) => name === 'job mail')
    const fields = {
      tenant: 'acme',
      'user.id': 'u1',
      // Upstream's HTTP instrumentation, which that engine brings, reads no correlation id.
      ...(engine === 'plutus' && { 'correlation.id': 'order-17', 'client.address': '127.0.0.1' }),
    }
    const inRequest = { traceId: request.traceId, spanId: request.spanId }
    expect(said(story, 'in the request')).toMatchObject({ ...inRequest, attributes: fields })
    expect(said(story, 'in the worker')).toMatchObject({ ...inRequest, attributes: fields })

    expect(request.attributes['correlation.id']).toBe(fields['correlation.id'])
    expect(job?.attributes['correlation.id']).toBe(said(story, 'in the job').attributes['correlation.id'])
    expect(job).toMatchObject({ traceId: request.traceId, parentSpanId: request.spanId, kind: 'CONSUMER' })
    const inJob = { traceId: request.traceId, spanId: job?.spanId }
    const jobFields = { ...fields, 'job.name': 'mail', 'job.id': 'job-1', 'job.attempt': 1 }
    expect(said(story, 'in the job')).toMatchObject({ ...inJob, attributes: jobFields })
    const events = story.logs.filter(({ eventName }) => eventName?.startsWith('job.') === true)
    expect(events.map(({ eventName }) => eventName)).toEqual(['job.started', 'job.completed'])
    for (const event of events) expect(event).toMatchObject({ ...inJob, attributes: jobFields })
    expect(
      new Set([...events, said(story, 'in the job')].map(({ attributes }) => attributes['correlation.id'])).size,
    ).toBe(1)

    for (const body of ['after the request', 'before in the worker']) {
      const record = said(story, body)
      expect(record).not.toHaveProperty('traceId')
      for (const name of Object.keys(fields)) expect(record.attributes).not.toHaveProperty([name])
    }
  })
})
