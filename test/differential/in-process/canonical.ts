import { toPlainAttributes, toPlainValue } from '@plutus/otlp'
import type { Sent } from './sdk-pair.ts'

// Times that nobody gave lie within the life of this process.
const BORN = BigInt(Math.floor(performance.timeOrigin) - 5_000) * 1_000_000n
const LATEST = (): bigint => BigInt(Date.now() + 5_000) * 1_000_000n

/** Brings what was sent into a form in which two runs are equal: ids by the order in which they come, times by what they are. */
export function canonical({ spans, logs }: Sent, knownIds: ReadonlySet<string>): unknown {
  const ids = new Map<string, string>()
  const id = (text: string): string => {
    if (text === '' || knownIds.has(text)) return text
    const seen = ids.get(text) ?? `id ${ids.size}`
    ids.set(text, seen)
    return seen
  }
  return {
    spans: inScopeOrder(spans).map(({ scope, span }) => {
      const { startTimeUnixNano: start, endTimeUnixNano: end } = span
      return {
        scope,
        ...span,
        traceId: id(span.traceId),
        spanId: id(span.spanId),
        parentSpanId: id(span.parentSpanId),
        startTimeUnixNano: timeOf(start),
        endTimeUnixNano: end === start && timeOf(end) !== 'now' ? 'as start' : timeOf(end),
        endsBeforeStart: end < start,
        attributes: toPlainAttributes(span.attributes),
        events: span.events.map((event) => ({
          ...event,
          timeUnixNano: timeOf(event.timeUnixNano),
          attributes: toPlainAttributes(event.attributes),
        })),
        links: span.links.map((link) => ({
          ...link,
          traceId: id(link.traceId),
          spanId: id(link.spanId),
          attributes: toPlainAttributes(link.attributes),
        })),
        status: { code: span.status?.code ?? 0, message: span.status?.message ?? '' },
      }
    }),
    logs: inScopeOrder(logs).map(({ scope, log }) => ({
      scope,
      ...log,
      traceId: id(log.traceId),
      spanId: id(log.spanId),
      timeUnixNano: timeOf(log.timeUnixNano),
      observedTimeUnixNano: timeOf(log.observedTimeUnixNano),
      body: toPlainValue(log.body),
      attributes: toPlainAttributes(log.attributes),
    })),
  }
}

function timeOf(nanos: bigint): string {
  return nanos >= BORN && nanos <= LATEST() ? 'now' : String(nanos)
}

/** Requests group records by scope, in whatever order; the order within a scope holds. */
function inScopeOrder<T extends { readonly scope: object }>(records: readonly T[]): T[] {
  const keyOf = ({ scope }: T): string => JSON.stringify(scope)
  return records.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0))
}
