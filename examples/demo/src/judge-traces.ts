import type { Policy } from '@plutus/policy'
import type { ReceivedSpan, Receiver } from '@plutus/test-kit'
import type { Exchange } from './checkout-client.ts'

/** What became of traces. */
export interface TracesReport {
  readonly arrived: number
  readonly spans: number
  /** Share of those that nothing keeps. */
  readonly rate: number
  /** Traces of which a record tells that is always kept, of a payment, of a login, of an error: their spans have to arrive. */
  readonly kept: {
    readonly told: number
    readonly arrived: number
    /** Names of records without one. */ readonly missing: readonly string[]
  }
  /** Requests that nothing keeps. */
  readonly others: { readonly made: number; readonly arrived: number }
  /** Traces with a span whose parent is missing. */
  readonly torn: number
}

const SEVERITY_WARN = 13
const TOLERANCE = 5 // standard deviations

/** Compares the traces that arrived with the records that did, and with the requests that were made. */
export function judgeTraces(
  { classes, sampling }: Policy,
  { spans, logs }: Pick<Receiver, 'spans' | 'logs'>,
  exchanges: readonly Exchange[],
): TracesReport {
  const always = new Set<unknown>(Object.entries(classes).flatMap(([name, { keep }]) => (keep === 'all' ? [name] : [])))
  const telling = logs.filter(
    ({ severityNumber, resource, traceId }) =>
      traceId !== undefined && (severityNumber >= SEVERITY_WARN || always.has(resource['plutus.data.class'])),
  )
  const told = new Set(telling.map(({ traceId }) => traceId))
  const keeping = new Set(spans.filter((span) => isKeeping(span, always)).map(({ traceId }) => traceId))
  const byTrace = Map.groupBy(spans, ({ traceId }) => traceId)
  // Requests are found again by their correlation id, which spans and records have.
  const keptIds = new Set(
    [...telling, ...spans.filter(({ traceId }) => keeping.has(traceId))].map(
      ({ attributes }) => attributes['correlation.id'],
    ),
  )
  const arrivedIds = new Set(spans.map(({ attributes }) => attributes['correlation.id']))
  const others = exchanges.filter(({ correlationId }) => correlationId !== undefined && !keptIds.has(correlationId))
  return {
    arrived: byTrace.size,
    spans: spans.length,
    rate: sampling.rate,
    kept: {
      told: told.size,
      arrived: [...told].filter((traceId) => byTrace.has(traceId as string)).length,
      missing: telling
        .filter(({ traceId }) => !byTrace.has(traceId as string))
        .map(({ eventName, body }) => eventName ?? String(body)),
    },
    others: {
      made: others.length,
      arrived: others.filter(({ correlationId }) => arrivedIds.has(correlationId)).length,
    },
    torn: [...byTrace.values()].filter(isTorn).length,
  }
}

/** Whether of the requests that nothing keeps about the share is there that the policy names. */
export function isAsSampled({ others, rate }: TracesReport): boolean {
  const spread = TOLERANCE * Math.sqrt(others.made * rate * (1 - rate))
  return Math.abs(others.arrived - others.made * rate) <= spread
}

/** Whether a sampler keeps the trace of a span for what the span says. */
function isKeeping({ status, events, attributes }: ReceivedSpan, always: ReadonlySet<unknown>): boolean {
  return (
    status.code === 'ERROR' ||
    attributes['plutus.keep'] === true ||
    always.has(attributes['plutus.data.class']) ||
    events.some(({ name }) => name === 'exception')
  )
}

function isTorn(spans: readonly ReceivedSpan[]): boolean {
  const ids = new Set(spans.map(({ spanId }) => spanId))
  return spans.some(({ parentSpanId }) => parentSpanId !== undefined && !ids.has(parentSpanId))
}
