import {
  buildTraces,
  flattenSpans,
  type Receiver,
  type ReceivedMetric,
  type ReceivedSpan,
  type SpanNode,
  type Trace,
} from '@plutus/test-kit'
import type { Exchange } from './checkout-client.ts'
import { isEvent, summarizeEvents, type EventSummary } from './events.ts'
import { summarizeOperations, type OperationSummary } from './operations.ts'
import type { Scenario } from './scenarios.ts'

/** A scenario that has happened. */
export interface PlayedScenario extends Pick<Scenario, 'name' | 'title' | 'hint' | 'expects'> {
  readonly exchange: Exchange
}

/** A scenario and the trace that tells of it. */
export interface TracedScenario extends PlayedScenario {
  /** Undefined if its trace has not arrived. */
  readonly trace: Trace | undefined
}

/** What arrived of a metric. */
interface MetricSummary {
  readonly name: string
  readonly unit: string
  readonly type: ReceivedMetric['type']
  /** Attribute sets in its latest export. */
  readonly series: number
}

/** Something that has to hold for the demo to have shown what it says. */
export interface Check {
  readonly text: string
  readonly isMet: boolean
}

/** What arrived, put in order. */
export interface Report {
  readonly scenarios: readonly TracedScenario[]
  readonly operations: readonly OperationSummary[]
  readonly events: readonly EventSummary[]
  readonly metrics: readonly MetricSummary[]
  readonly counts: {
    readonly spans: number
    readonly traces: number
    /** Log records that are no events. */
    readonly logs: number
    /** Those of them that carry a trace id. */
    readonly tracedLogs: number
    readonly events: number
    readonly metrics: number
    readonly requests: number
    readonly bytes: number
  }
  readonly checks: readonly Check[]
}

/** The payment that the report opens with has to tell all of these. */
interface PaymentStory {
  readonly server: ReceivedSpan | undefined
  readonly queries: readonly ReceivedSpan[]
  readonly stripe: readonly ReceivedSpan[]
  readonly logs: number
  /** Names of the events below the server span. */
  readonly events: readonly string[]
  /** Correlation ids of all its spans and records. */
  readonly correlationIds: ReadonlySet<unknown>
}

/** What was run, as far as the report has to know. */
export interface ReportOptions {
  /** Tells calls to Stripe from others. */
  readonly stripeUrl: string
  /** The service tells no events of its own. */
  readonly isPlain: boolean
}

// Clocks of two processes on one machine agree, but each rounds.
const TOLERANCE_MILLIS = 20

/** Puts in order what arrived. */
export function createReport(receiver: Receiver, played: readonly PlayedScenario[], options: ReportOptions): Report {
  const { spans, logs, processEvents, metrics, requests } = receiver
  const lines = logs.filter((log) => !isEvent(log))
  const events = [...logs.filter(isEvent), ...processEvents]
  const traces = buildTraces(spans, logs)
  const scenarios = played.map((scenario) => ({ ...scenario, trace: findTrace(traces, scenario.exchange) }))
  return {
    scenarios,
    operations: summarizeOperations(spans),
    events: summarizeEvents(events),
    metrics: summarizeMetrics(metrics),
    counts: {
      spans: spans.length,
      traces: traces.filter(({ roots }) => roots.length > 0).length,
      logs: lines.length,
      tracedLogs: lines.filter(({ traceId }) => traceId !== undefined).length,
      events: events.length,
      metrics: new Set(metrics.map(({ name }) => name)).size,
      requests: requests.length,
      bytes: requests.reduce((sum, { bytes }) => sum + bytes, 0),
    },
    checks: checkAll(receiver, scenarios, options),
  }
}

/** Finds the trace whose server span is the request: one that began during it rather than one about then. */
export function findTrace(traces: readonly Trace[], exchange: Exchange): Trace | undefined {
  return findWithin(traces, exchange, 0) ?? findWithin(traces, exchange, TOLERANCE_MILLIS)
}

function findWithin(traces: readonly Trace[], exchange: Exchange, toleranceMillis: number): Trace | undefined {
  const from = BigInt(Math.floor(exchange.startMillis - toleranceMillis)) * 1_000_000n
  const to = BigInt(Math.ceil(exchange.endMillis + toleranceMillis)) * 1_000_000n
  return traces.find(({ spans }) =>
    spans.some(
      ({ kind, startTimeUnixNano: start, attributes }) =>
        kind === 'SERVER' &&
        attributes['http.request.method'] === exchange.method &&
        attributes['url.path'] === exchange.path &&
        start >= from &&
        start <= to,
    ),
  )
}

/** Reads from a trace what a payment has to tell. */
function readPaymentStory(trace: Trace | undefined, stripeUrl: string): PaymentStory {
  const root = trace?.roots.find(({ span }) => span.kind === 'SERVER')
  const nodes: readonly SpanNode[] = root ? flattenSpans(root) : []
  const records = nodes.flatMap(({ logs }) => logs)
  const below = nodes.map(({ span }) => span).filter((span) => span !== root?.span)
  return {
    server: root?.span,
    queries: below.filter(({ attributes }) => attributes['db.query.text'] !== undefined),
    stripe: below.filter(
      ({ kind, attributes }) => kind === 'CLIENT' && String(attributes['url.full']).startsWith(stripeUrl),
    ),
    logs: records.filter((log) => !isEvent(log)).length,
    events: records.flatMap(({ eventName }) => eventName ?? []),
    correlationIds: new Set(
      [...nodes.map(({ span }) => span), ...records].map(({ attributes }) => attributes['correlation.id']),
    ),
  }
}

function checkAll(
  receiver: Receiver,
  scenarios: readonly TracedScenario[],
  { stripeUrl, isPlain }: ReportOptions,
): Check[] {
  const missing = scenarios.filter(({ trace }) => trace === undefined).map(({ name }) => name)
  const strange = scenarios.filter(({ exchange, expects }) => exchange.status !== expects).map(({ name }) => name)
  const payment = scenarios.find(({ name }) => name === 'payment')
  const story = readPaymentStory(payment?.trace, stripeUrl)
  const { server, queries, stripe, logs } = story
  const refused = receiver.requests.filter(({ status }) => status !== 200).length
  return [
    {
      text: "one payment, one trace: server span, PostgreSQL spans, the call to Stripe and the service's log line",
      isMet: server !== undefined && queries.length > 0 && stripe.length > 0 && logs > 0,
    },
    ...(isPlain ? [] : checkEvents(receiver, scenarios, story)),
    { text: `every scenario has its trace${listNames(missing)}`, isMet: missing.length === 0 },
    { text: `the service answered as it should${listNames(strange)}`, isMet: strange.length === 0 },
    { text: `metrics of requests and queries arrived`, isMet: hasMetrics(receiver.metrics) },
    { text: `the receiver took every export${refused > 0 ? `, but for ${refused}` : ''}`, isMet: refused === 0 },
  ]
}

function checkEvents(
  { logs }: Receiver,
  scenarios: readonly TracedScenario[],
  { events, correlationIds }: PaymentStory,
): Check[] {
  const find = (wanted: string): TracedScenario | undefined => scenarios.find(({ name }) => name === wanted)
  const tells = (wanted: string, event: string): boolean => {
    const traceId = find(wanted)?.trace?.traceId
    return traceId !== undefined && logs.some((log) => log.traceId === traceId && log.eventName === event)
  }
  const echoed = find('payment')?.exchange.correlationId
  return [
    {
      text: 'the payment tells its attempt and its end in that trace',
      isMet: ['payment.attempt', 'payment.completion'].every((name) => events.includes(name)),
    },
    {
      text: 'one correlation id on all its spans and records, and on the answer',
      isMet: correlationIds.size === 1 && correlationIds.has(echoed) && echoed !== undefined,
    },
    {
      text: "a security event for the wrong password, an audit event for the admin's refund",
      isMet: tells('wrong-password', 'auth.login.failure') && tells('admin-refund', 'audit.financial.adjustment'),
    },
  ]
}

function listNames(names: readonly string[]): string {
  return names.length > 0 ? `, but for ${names.join(', ')}` : ''
}

function hasMetrics(metrics: readonly ReceivedMetric[]): boolean {
  return ['http.server.request.duration', 'db.client.operation.duration'].every((wanted) =>
    metrics.some(({ name }) => name === wanted),
  )
}

function summarizeMetrics(metrics: readonly ReceivedMetric[]): MetricSummary[] {
  const latest = new Map(metrics.map((metric) => [metric.name, metric]))
  return [...latest.values()]
    .map(({ name, unit, type, points }) => ({ name, unit, type, series: points.length }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
