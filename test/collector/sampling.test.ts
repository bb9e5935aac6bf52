import { collectorBinary } from '@plutus/otelcol-distribution'
import { isFull, startReceiver, waitFor } from '@plutus/test-kit'
import type { Receiver } from '@plutus/test-kit'
import { renderCollector } from '@plutus/policy'
import type { CollectorOptions } from '@plutus/policy'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { logsRequest, newTraceId, tracesRequest } from './src/otlp-json.ts'
import type { LogToSend, SpanToSend } from './src/otlp-json.ts'
import { A_TENTH, smallPolicy } from './src/renderings.ts'
import { removeCollectors, startCollector } from './src/running-collector.ts'
import type { RunningCollector } from './src/running-collector.ts'

const { reason } = collectorBinary
const policy = smallPolicy(A_TENTH)
const KINDS = ['error', 'slow', 'kept', 'payment', 'exception', 'baseline'] as const
const TRACES_PER_KIND = isFull ? 300 : 60 // eleven times as many in all, which the sampler has to hold
const SPANS_PER_TRACE = 4
// A tenth of all trace ids, by their last 56 bits, as OpenTelemetry has it.
const LOWEST_CHOSEN = 'e6666666666666'

interface SentTrace {
  readonly traceId: string
  readonly kind: (typeof KINDS)[number] | 'head'
  readonly spans: readonly SpanToSend[]
  readonly logs: readonly LogToSend[]
}

let receiver: Receiver
beforeEach(async () => {
  receiver = await startReceiver()
})
afterEach(async () => await receiver.close())
afterAll(removeCollectors)

const start = async (
  role: CollectorOptions['role'],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningCollector> =>
  await startCollector(renderCollector(policy, { role }), { env: { PLUTUS_OTLP_ENDPOINT: receiver.httpUrl, ...env } })

describe.skipIf(reason !== '')(`sampling of a tenth${reason && ` (${reason})`}`, () => {
  it('keeps whole what asks for it, in one process', async () => {
    const { arrived, expected, share } = await exchange(await start('single'))
    expect(arrived).toEqual(expected)
    expect(share.isPlausible).toBe(true)
  })

  it('keeps whole what asks for it, over an agent, a gateway and two samplers', async () => {
    const samplers = [await start('sampler'), await start('sampler')]
    const hosts = samplers.map(({ ports }) => `"127.0.0.1:${ports.grpc}"`).join(', ')
    const gateway = await start('gateway', { PLUTUS_SAMPLERS: `{static: {hostnames: [${hosts}]}}` })
    const agent = await start('agent', { PLUTUS_OTLP_ENDPOINT: gateway.httpUrl })
    const { arrived, expected, share } = await exchange(agent)
    expect(arrived).toEqual(expected)
    expect(share.isPlausible).toBe(true)
  })
})

/** Spans by trace, and ids of records. */
interface Telemetry {
  readonly spans: ReadonlyMap<string, number>
  readonly logs: ReadonlySet<unknown>
  readonly logCount: number
}

/** Sends traces and their records, and tells what arrived and what should have. */
async function exchange(
  entry: RunningCollector,
): Promise<{ arrived: Telemetry; expected: Telemetry; share: { isPlausible: boolean } }> {
  const traces = makeTraces()
  await send(entry, traces)
  const isChosen = ({ traceId }: SentTrace): boolean => traceId.slice(-14) >= LOWEST_CHOSEN
  // Every span of every trace that asks for it, once; of the others those with the ids that consistent sampling chooses.
  const kept = traces.filter((trace) => trace.kind !== 'baseline' || isChosen(trace))
  // Records of the same requests, beside those that no sampler may touch.
  const logs = traces.flatMap((trace) => trace.logs.filter((log) => isChosen(trace) || mustStay(log)))
  await waitFor(() => receiver.spans.length >= kept.length * SPANS_PER_TRACE && receiver.logs.length >= logs.length, {
    timeoutMillis: 60_000,
    describe: () => `${receiver.spans.length} spans, ${receiver.logs.length} records`,
  })
  const baseline = traces.filter(({ kind }) => kind === 'baseline')
  const share = baseline.filter(isChosen).length / baseline.length
  return {
    arrived: { spans: countByTrace(receiver.spans), logs: idsOf(receiver.logs), logCount: receiver.logs.length },
    expected: {
      spans: new Map(kept.map(({ traceId }) => [traceId, SPANS_PER_TRACE])),
      logs: idsOf(logs),
      logCount: logs.length,
    },
    // Within five standard deviations.
    share: { isPlausible: Math.abs(share - 0.1) < 5 * Math.sqrt(0.09 / baseline.length) },
  }
}

function idsOf(logs: readonly { attributes?: Readonly<Record<string, unknown>> }[]): ReadonlySet<unknown> {
  return new Set(logs.map(({ attributes }) => attributes?.['id']))
}

function mustStay({ severity = 0, attributes }: LogToSend): boolean {
  return severity === 0 || severity >= 13 || attributes?.['plutus.data.class'] !== 'application'
}

function makeTraces(): readonly SentTrace[] {
  const kinds = [...KINDS, 'head' as const]
  return kinds.flatMap((kind) =>
    // Of the baseline there are more, since most of it goes.
    Array.from({ length: kind === 'baseline' ? TRACES_PER_KIND * 5 : TRACES_PER_KIND }, () => makeTrace(kind)),
  )
}

function makeTrace(kind: SentTrace['kind']): SentTrace {
  const traceId = newTraceId()
  const root = newTraceId().slice(0, 16)
  const spans = Array.from({ length: SPANS_PER_TRACE }, (_, n): SpanToSend => {
    const isMarked = n === 2 // one late span knows
    return {
      traceId,
      ...(n === 0 ? { spanId: root } : { parentSpanId: root }),
      ...(kind === 'error' && isMarked ? { isError: true } : {}),
      ...(kind === 'slow' && n === 0 ? { durationMillis: 2500 } : {}),
      ...(kind === 'exception' && isMarked ? { events: [{ name: 'exception' }] } : {}),
      attributes: {
        ...(kind === 'kept' && isMarked ? { 'plutus.keep': true } : {}),
        ...(kind === 'payment' && isMarked ? { 'plutus.data.class': 'payment' } : {}),
        ...(kind === 'head' ? { 'plutus.keep.head': true } : {}),
      },
    }
  })
  const log = (n: number, severity: number, attributes: Readonly<Record<string, unknown>>): LogToSend => ({
    traceId,
    severity,
    attributes: { id: `${traceId}-${n}`, ...attributes },
  })
  const logs = [
    log(0, 9, { 'plutus.data.class': 'application' }),
    log(1, 5, { 'plutus.data.class': 'application' }),
    log(2, 13, { 'plutus.data.class': 'application' }),
    log(3, 0, { 'plutus.data.class': 'application' }),
    log(4, 9, { 'plutus.data.class': 'payment' }),
    log(5, 9, {}), // of no class, and so not sampled
  ]
  return { traceId, kind, spans, logs }
}

/** Sends the spans of each trace scattered over requests, the last of a trace in another request than its root. */
async function send(entry: RunningCollector, traces: readonly SentTrace[]): Promise<void> {
  for (let n = 0; n < SPANS_PER_TRACE; n++) {
    const spans = traces.map((trace) => trace.spans[n] as SpanToSend)
    expect(await entry.send('traces', tracesRequest(spans))).toBe(200)
  }
  expect(await entry.send('logs', logsRequest(traces.flatMap(({ logs }) => logs)))).toBe(200)
}

function countByTrace(spans: readonly { traceId: string }[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { traceId } of spans) counts.set(traceId, (counts.get(traceId) ?? 0) + 1)
  return counts
}
