import { deepStrictEqual } from 'node:assert/strict'
import { ProtobufLogsSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { EXPORT_CALLS } from '@plutus/test-kit/otlp-schema'
import { assembleRequest } from './assemble-request.ts'
import { ByteBuffer } from './byte-buffer.ts'
import { createEncoder } from './encoder.ts'
import { decodeWithProtobufjs, recordsOf, type Canonical } from './oracle.test.helper.ts'
import type { Redactor } from './redactor.ts'
import { spanFlags } from './span-encoder.ts'

// Runs under plain Node, as a service would run it, and prints nanoseconds per record as JSON. All contestants take
// turns in each round, so that a busy machine is busy for all of them.

const RECORDS = 256
const ROUNDS = 100
const REPEATS = 20
const SCOPE = { name: '@plutus/instrumentation-http', version: '0.1.0' }
const RESOURCE = { 'service.name': 'shop' }
const resource = resourceFromAttributes(RESOURCE)

/** Texts as they come from a socket or a parser, not as the compiler joins them. */
const flat = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
const numbered = <T>(make: (i: number) => T): T[] => Array.from({ length: RECORDS }, (_, i) => make(i))
const wordsOf = (id: string): number[] => (id.match(/.{8}/g) ?? []).map((word) => Number.parseInt(word, 16) | 0)

const traceId = (i: number): string => `5b8efff798038103d269b633813f${(0xa000 + i).toString(16)}`
const spanId = (i: number): string => `eee19b7ec3c1${(0xb000 + i).toString(16)}`
const start = (i: number): [number, number] => [1_765_000_000 + i, 123_456_789]
const end = (i: number): [number, number] => [1_765_000_000 + i, 143_456_789]
const spanAttributes = numbered((i) =>
  flat({
    'http.request.method': 'GET',
    'url.scheme': 'http',
    'url.path': `/checkout/${1000 + i * 7}`,
    'server.address': 'shop.example.com',
    'server.port': 8080,
    'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64)',
    'client.address': `10.0.0.${i & 255}`,
    'network.peer.port': 40_000 + i,
    'network.protocol.version': '1.1',
    'http.response.status_code': 200,
    'http.route': '/checkout/:id',
  }),
)
const logAttributes = numbered((i) =>
  flat({
    'payment.id': `pay_${100_000 + i}`,
    'payment.amount': 1999 + i,
    'payment.currency': 'EUR',
    'user.id': `user-${i % 50}`,
    'order.id': `ord-${777_000 + i}`,
    'payment.provider': 'stripe',
    duration: 12.5 + i,
    retry: false,
  }),
)

const spans = numbered((i) => ({
  traceId: wordsOf(traceId(i)),
  spanId: wordsOf(spanId(i)),
  parentSpanId: wordsOf(spanId(i + 1)),
  flags: spanFlags(1, true),
  name: 'GET /checkout/:id',
  kind: 1,
  startTime: start(i),
  endTime: end(i),
  attributes: spanAttributes[i] as Record<string, unknown>,
}))
const logs = numbered((i) => {
  const time = start(i)
  return {
    time,
    observedTime: time,
    severityNumber: 9,
    severityText: 'INFO',
    body: 'payment completed',
    eventName: 'payment.completed',
    attributes: logAttributes[i] as Record<string, unknown>,
    traceId: wordsOf(traceId(i)),
    spanId: wordsOf(spanId(i)),
    traceFlags: 1,
  }
})
const hexSpans = spans.map((span, i) =>
  Object.assign({}, span, { traceId: traceId(i), spanId: spanId(i), parentSpanId: spanId(i + 1) }),
)
const hexLogs = logs.map((log, i) => Object.assign({}, log, { traceId: traceId(i), spanId: spanId(i) }))

const upstreamSpans = numbered((i) => ({
  name: 'GET /checkout/:id',
  kind: 1,
  spanContext: () => ({ traceId: traceId(i), spanId: spanId(i), traceFlags: 1 }),
  parentSpanContext: { traceId: traceId(i), spanId: spanId(i + 1), traceFlags: 1, isRemote: true },
  startTime: start(i),
  endTime: end(i),
  status: { code: 0 },
  attributes: spanAttributes[i],
  events: [],
  links: [],
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
  resource,
  instrumentationScope: SCOPE,
})) as unknown as Parameters<typeof ProtobufTraceSerializer.serializeRequest>[0]
const upstreamLogs = numbered((i) => ({
  hrTime: start(i),
  hrTimeObserved: start(i),
  severityNumber: 9,
  severityText: 'INFO',
  body: 'payment completed',
  eventName: 'payment.completed',
  attributes: logAttributes[i],
  droppedAttributesCount: 0,
  spanContext: { traceId: traceId(i), spanId: spanId(i), traceFlags: 1 },
  resource,
  instrumentationScope: SCOPE,
})) as unknown as Parameters<typeof ProtobufLogsSerializer.serializeRequest>[0]

const checking: Redactor = {
  key: (key) => ({ name: key, values: 'check' }),
  text: (text) => text,
  number: (value) => value,
  bytes: (value) => value,
  replace: () => '',
}
const shared = { 'correlation.id': 'c-1', 'tenant.id': 't-1', 'session.id': 's-1' }

const out = new ByteBuffer(1024 * 1024)
const encoder = createEncoder()
const redacting = createEncoder({ redact: checking })
const prepared = [encoder.prepareAttributes(shared)]
const withContext = logs.map((log) => Object.assign({}, log, { prepared }))
const encodeSpans = (all: typeof spans | typeof hexSpans, by = encoder): Uint8Array => {
  out.position = 0
  for (const span of all) by.encodeSpan(out, span)
  return out.written()
}
const encodeLogs = (all: typeof logs | typeof hexLogs, by = encoder): Uint8Array => {
  out.position = 0
  for (const log of all) by.encodeLogRecord(out, log)
  return out.written()
}
const assemble = (records: Uint8Array): Uint8Array =>
  assembleRequest(encoder.encodeResource({ attributes: RESOURCE }), [
    { scope: encoder.encodeScope(SCOPE), parts: [records] },
  ])
const upstreamTraces = (): Uint8Array => ProtobufTraceSerializer.serializeRequest(upstreamSpans) ?? new Uint8Array(0)
const upstreamLogsRequest = (): Uint8Array => ProtobufLogsSerializer.serializeRequest(upstreamLogs) ?? new Uint8Array(0)
const { traces: traceCall, logs: logsCall } = EXPORT_CALLS
const spanMessage = traceCall.request.decode(upstreamTraces())
const logMessage = logsCall.request.decode(upstreamLogsRequest())

type Contestant = readonly [name: string, run: () => Uint8Array, request?: (bytes: Uint8Array) => Uint8Array]
// One process measures one group: what the engine learns from one way of calling would slow down the others.
const GROUPS: Readonly<Record<string, readonly Contestant[]>> = {
  peers: [
    ['span, Plutus', () => encodeSpans(spans), assemble],
    ['span, OpenTelemetry JS', upstreamTraces],
    ['span, protobufjs, from ready messages', () => traceCall.request.encode(spanMessage).finish()],
    ['log, Plutus', () => encodeLogs(logs), assemble],
    ['log, OpenTelemetry JS', upstreamLogsRequest],
    ['log, protobufjs, from ready messages', () => logsCall.request.encode(logMessage).finish()],
  ],
  hexadecimal: [
    ['span, Plutus, ids in hexadecimal', () => encodeSpans(hexSpans), assemble],
    ['log, Plutus, ids in hexadecimal', () => encodeLogs(hexLogs), assemble],
  ],
  redacting: [
    ['span, Plutus, redactor that sees all', () => encodeSpans(spans, redacting), assemble],
    ['log, Plutus, redactor that sees all', () => encodeLogs(logs, redacting), assemble],
  ],
  prepared: [['log, Plutus, three more attributes prepared', () => encodeLogs(withContext)]],
}
const contestants = GROUPS[process.argv[2] ?? 'peers'] ?? []

const withoutStatus = (record: Canonical): Canonical => Object.assign({}, record, { status: '' })
for (const [name, run, request = (bytes: Uint8Array): Uint8Array => bytes] of contestants) {
  if (name.endsWith('prepared')) continue // no peer has it; its tests stand beside its code
  const signal = name.startsWith('span') ? 'traces' : 'logs'
  const records = (bytes: Uint8Array): Canonical[] =>
    recordsOf(signal, decodeWithProtobufjs(signal, bytes)).map(withoutStatus)
  const expected = records(signal === 'traces' ? upstreamTraces() : upstreamLogsRequest())
  // Twice, so that what the encoder remembers is checked too.
  for (let i = 0; i < 2; i++) deepStrictEqual(records(request(run())), expected)
}

const samples = contestants.map((): number[] => [])
for (let round = 0; round < ROUNDS; round++) {
  contestants.forEach(([, run], i) => {
    const before = process.hrtime.bigint()
    for (let repeat = 0; repeat < REPEATS; repeat++) run()
    samples[i]?.push(Number(process.hrtime.bigint() - before) / REPEATS / RECORDS)
  })
}
const results = contestants.map(([name, run], i) => {
  const sorted = (samples[i] ?? []).toSorted((a, b) => a - b)
  return {
    name,
    fastest: Math.round(sorted[0] ?? 0),
    median: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0),
    bytes: Math.round(run().length / RECORDS),
  }
})
process.stdout.write(JSON.stringify(results))
