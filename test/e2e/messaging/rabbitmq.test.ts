import { nodesOf, services } from '@plutus/test-kit'
import { expect, it } from 'vitest'
import { isBelow, runBoth } from '../src/run-both.ts'
import { programFile } from './program-file.ts'

const PROGRAMS = (['cjs', 'mjs'] as const).flatMap((format) =>
  nodesOf(format).map((node) => [`rabbit.${format}`, node.label, node] as const),
)

it.skipIf(!services.rabbitmq.available).each(PROGRAMS)(
  `has one trace from publish to consume with %s on Node %s, and the same messages as without the hook ${services.rabbitmq.reason}`,
  async (name, _label, node) => {
    const env = { RABBITMQ_URL: services.rabbitmq.url }
    const { spans } = await runBoth(programFile(name), { node, env })
    const sent = spans.filter(({ kind }) => kind === 'PRODUCER')
    const handled = spans.filter(({ kind }) => kind === 'CONSUMER')
    expect([sent.length, handled.length]).toEqual([2, 2])
    expect(new Set(handled.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set(sent.map(({ spanId }) => spanId)))
    for (const consumer of handled) {
      expect(consumer.attributes['messaging.system']).toBe('rabbitmq')
      expect(spans.some((span) => span.kind === 'SERVER' && isBelow(spans, span, consumer))).toBe(true)
    }
    // One was acknowledged, one rejected.
    expect(handled.map(({ status }) => status.code).sort()).toEqual(['ERROR', 'UNSET'])
  },
)
