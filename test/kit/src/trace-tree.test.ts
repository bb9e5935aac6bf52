import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReceivedLog, ReceivedSpan } from './received.ts'
import { buildTraces, flattenSpans, type SpanNode } from './trace-tree.ts'

const TRACE = 't1'

function span(spanId: string, change: Partial<ReceivedSpan> = {}): ReceivedSpan {
  const { startTimeUnixNano = 0n, endTimeUnixNano = startTimeUnixNano } = change
  return {
    traceId: TRACE,
    spanId,
    traceState: '',
    name: spanId,
    kind: 'INTERNAL',
    startTimeUnixNano,
    endTimeUnixNano,
    durationMillis: Number(endTimeUnixNano - startTimeUnixNano) / 1e6,
    attributes: {},
    droppedAttributesCount: 0,
    events: [],
    links: [],
    status: { code: 'UNSET' },
    scope: { name: 'test' },
    resource: {},
    flags: 1,
    ...change,
  }
}

function log(body: string, change: Partial<ReceivedLog> = {}): ReceivedLog {
  return {
    timeUnixNano: 0n,
    observedTimeUnixNano: 0n,
    severityNumber: 9,
    body,
    attributes: {},
    droppedAttributesCount: 0,
    flags: 0,
    scope: { name: 'test' },
    resource: {},
    traceId: TRACE,
    ...change,
  }
}

/** A tree as text: `a(b,c)`. */
function draw(nodes: readonly SpanNode[]): string {
  return nodes.map(({ span, children }) => span.name + (children.length > 0 ? `(${draw(children)})` : '')).join(',')
}

describe('a trace', () => {
  it('hangs spans below their parents, by start, whatever order they arrived in', () => {
    const [trace] = buildTraces([
      span('late', { parentSpanId: 'root', startTimeUnixNano: 3n }),
      span('deep', { parentSpanId: 'early', startTimeUnixNano: 2n }),
      span('early', { parentSpanId: 'root', startTimeUnixNano: 1n }),
      span('root'),
    ])
    expect(draw(trace?.roots ?? [])).toBe('root(early(deep),late)')
    expect(trace?.roots.flatMap(flattenSpans).map((node) => node.span.name)).toEqual(['root', 'early', 'deep', 'late'])
  })

  it('keeps a span whose parent has not arrived, as an orphan', () => {
    const [trace] = buildTraces([span('root'), span('child', { parentSpanId: 'elsewhere', startTimeUnixNano: 1n })])
    expect(trace?.roots.map(({ span, isOrphan }) => [span.name, isOrphan])).toEqual([
      ['root', false],
      ['child', true],
    ])
  })

  it('lasts from its first start to its last end and counts errors', () => {
    const [trace] = buildTraces([
      span('root', { startTimeUnixNano: 1_000_000n, endTimeUnixNano: 2_000_000n }),
      span('after', {
        parentSpanId: 'root',
        startTimeUnixNano: 2_000_000n,
        endTimeUnixNano: 4_500_000n,
        status: { code: 'ERROR' },
      }),
    ])
    expect(trace).toMatchObject({ startTimeUnixNano: 1_000_000n, durationMillis: 3.5, errorCount: 1 })
  })

  it('counts a span that arrived twice once, as it arrived first', () => {
    const [trace] = buildTraces([span('root'), span('root', { name: 'again' })])
    expect(trace?.spans.map(({ name }) => name)).toEqual(['root'])
  })

  it.each([
    ['itself', [span('a', { parentSpanId: 'a' })], 'a'],
    ['each other', [span('b', { parentSpanId: 'a', startTimeUnixNano: 1n }), span('a', { parentSpanId: 'b' })], 'a(b)'],
  ])('survives spans that name %s as parent', (_whom, spans, drawing) => {
    expect(draw(buildTraces(spans)[0]?.roots ?? [])).toBe(drawing)
  })

  it('shows every span exactly once, whatever the parents are', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
    const edges = fc.uniqueArray(fc.record({ spanId: id, parentSpanId: id }), { selector: ({ spanId }) => spanId })
    fc.assert(
      fc.property(edges, (list) => {
        const spans = list.map(({ spanId, parentSpanId }, n) =>
          span(spanId, { parentSpanId, startTimeUnixNano: BigInt(n) }),
        )
        const shown = buildTraces(spans).flatMap(({ roots }) => roots.flatMap(flattenSpans))
        expect(shown.map((node) => node.span.name).sort()).toEqual(list.map(({ spanId }) => spanId).sort())
      }),
    )
  })
})

describe('the logs of a trace', () => {
  it('stand at their span by time; the observed time counts where there is no other', () => {
    const logs = [
      log('second', { spanId: 'root', timeUnixNano: 2n }),
      log('first', { spanId: 'root', observedTimeUnixNano: 1n }),
      log('lost', { spanId: 'elsewhere' }),
      log('spanless'),
    ]
    const [trace] = buildTraces([span('root')], logs)
    expect(trace?.roots[0]?.logs.map(({ body }) => body)).toEqual(['first', 'second'])
    expect(trace?.looseLogs.map(({ body }) => body)).toEqual(['lost', 'spanless'])
  })

  it('make a trace of their own when no span has arrived, and none without a trace id', () => {
    const { traceId: _, ...untraced } = log('untraced')
    const traces = buildTraces([], [log('alone', { traceId: 't2' }), untraced])
    expect(traces).toMatchObject([{ traceId: 't2', roots: [], looseLogs: [{ body: 'alone' }], durationMillis: 0 }])
  })
})

it('lists traces by their start', () => {
  const spans = [
    span('x', { traceId: 'later', startTimeUnixNano: 9n }),
    span('y', { traceId: 'sooner', startTimeUnixNano: 1n }),
  ]
  expect(buildTraces(spans).map(({ traceId }) => traceId)).toEqual(['sooner', 'later'])
})
