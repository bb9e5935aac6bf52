import { randomBytes } from 'node:crypto'
import { nodesOf, services } from '@plutus/test-kit'
import type { ReceivedSpan } from '@plutus/test-kit'
import { expect, it } from 'vitest'
import { isBelow, only, runBoth } from '../src/run-both.ts'
import { programFile } from './program-file.ts'

const PROGRAMS = (['cjs', 'mjs'] as const).flatMap((format) =>
  nodesOf(format).flatMap((node) => ['nats3', 'nats2'].map((name) => [`${name}.${format}`, node.label, node] as const)),
)

// Version 2 has one class of errors and tells by its code, version 3 has classes.
const ERRORS: Record<string, object> = {
  nats2: { nobody: '503', timeout: 'TIMEOUT' },
  nats3: { nobody: 'NoResponders', timeout: 'TimeoutError' },
}

it.skipIf(!services.nats.available).each(PROGRAMS)(
  `has one trace from publish to consume with %s on Node %s, and the same messages as without the hook ${services.nats.reason}`,
  async (name, _label, node) => {
    // Not a number that comes again: the server keeps the streams of a run that was killed.
    const prefix = `plutus.t${randomBytes(4).toString('hex')}.${name.replace('.', '-')}-${node.label.replace('.', '-')}`
    const env = { NATS_URL: services.nats.url, SUBJECT_PREFIX: prefix }
    const plainEnv = { ...env, SUBJECT_PREFIX: `${prefix}-plain` }
    const { spans } = await runBoth(programFile(name), { node, env, plainEnv })
    const named = (name: string): ReceivedSpan[] => spans.filter((span) => span.name === name.replace('~', prefix))
    const pairs = (producer: string, consumer: string): [ReceivedSpan, ReceivedSpan][] =>
      named(producer).flatMap((sent) =>
        named(consumer)
          .filter(({ parentSpanId }) => parentSpanId === sent.spanId)
          .map((handled): [ReceivedSpan, ReceivedSpan] => [sent, handled]),
      )
    /** Whether the work of a handler, a request to a store, is below its span. */
    const hasWork = (handled: ReceivedSpan): boolean =>
      spans.some((span) => span.kind === 'SERVER' && isBelow(spans, span, handled))

    // The loop: three messages, of which one came with a trace context of its own.
    expect(named('publish ~.orders.*.created')).toHaveLength(3)
    const loop = pairs('publish ~.orders.*.created', 'process ~.orders.>')
    expect(loop).toHaveLength(2)
    const foreign = only(named('process ~.orders.>'), ({ traceId }) => traceId === '1'.repeat(32))
    expect(foreign.parentSpanId).toBe('2'.repeat(16))
    for (const handled of named('process ~.orders.>')) expect(hasWork(handled)).toBe(true)
    // What a turn leaves unfinished stays its work, also while the loop goes on; the first turn's context ends with it.
    const works = named('process ~.orders.>').map(
      (handled) => spans.filter((span) => span.kind === 'SERVER' && isBelow(spans, span, handled)).length,
    )
    expect(works.toSorted((a, b) => a - b)).toEqual([1, 2, 2])
    const [sent, handled] = only(loop, ([{ attributes }]) =>
      String(attributes['messaging.destination.name']).includes('.orders.42.'),
    )
    expect([sent.kind, handled.kind]).toEqual(['PRODUCER', 'CONSUMER'])
    expect(sent.attributes).toMatchObject({
      'messaging.system': 'nats',
      'messaging.operation.name': 'publish',
      'messaging.operation.type': 'send',
      'messaging.destination.name': `${prefix}.orders.42.created`,
      'messaging.destination.template': `${prefix}.orders.*.created`,
      'messaging.message.body.size': 4,
      'server.address': new URL(`nats://${services.nats.url.replace(/^nats:\/\//, '')}`).hostname,
    })
    expect(handled.attributes).toMatchObject({
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.template': `${prefix}.orders.>`,
    })
    // What the program does after the loop is no part of it.
    for (const span of named('request ~.quote.*')) expect(span.parentSpanId).toBeUndefined()

    // Requests: answered (twice, and once of many), not in time, by nobody; and a message whose handler failed.
    const quotes = pairs('request ~.quote.*', 'process ~.quote.*')
    expect(quotes).toHaveLength(4)
    const answered = quotes.filter(([, handled]) => hasWork(handled))
    expect(answered).toHaveLength(3)
    for (const [request, handled] of answered) {
      expect([request.status.code, handled.attributes['messaging.consumer.group.name']]).toEqual(['UNSET', 'workers'])
      const answer = only(
        spans,
        ({ name, parentSpanId }) => name === 'publish _INBOX.*' && parentSpanId === handled.spanId,
      )
      expect(answer.attributes).toMatchObject({
        'messaging.destination.name': '_INBOX.*',
        'messaging.destination.temporary': true,
      })
    }
    const failed = spans.filter(({ status }) => status.code === 'ERROR')
    expect(Object.fromEntries(failed.map(failureOf))).toEqual({ ...ERRORS[name.slice(0, 5)], handler: 'Error' })
    const [[cause]] = pairs('publish ~.quote.*', 'process ~.quote.*') as [[ReceivedSpan, ReceivedSpan]]
    expect(cause.status.code).toBe('UNSET')

    // JetStream: by a loop and by a callback.
    const paid = pairs('publish ~.paid.*', 'process ~.paid.*')
    expect(paid).toHaveLength(2)
    expect(paid.filter(([, handled]) => hasWork(handled))).toHaveLength(1)
    expect(spans.filter(({ name }) => name.includes('$'))).toEqual([])

    // No room for a trace context: the message went as it was.
    expect(named('publish ~.large')).toHaveLength(1)
    expect(pairs('publish ~.large', 'process ~.large')).toEqual([])
  },
)

function failureOf({ kind, name, attributes }: ReceivedSpan): [string, unknown] {
  const what = kind === 'CONSUMER' ? 'handler' : name.endsWith('nobody') ? 'nobody' : 'timeout'
  return [what, attributes['error.type']]
}
