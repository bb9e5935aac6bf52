import type { ReceivedLog, SpanNode } from '@plutus/test-kit'
import { classOf, isEvent } from './events.ts'
import type { Report } from './report.ts'

/** The report as plain data: times in Unix nanoseconds as text, since JSON's numbers cannot hold them. */
export function toJson(report: Report): object {
  return {
    ...report,
    isComplete: report.checks.every(({ isMet }) => isMet),
    scenarios: report.scenarios.map(({ trace, exchange, ...scenario }) => ({
      ...scenario,
      request: exchange,
      trace: trace && {
        traceId: trace.traceId,
        startTimeUnixNano: trace.startTimeUnixNano.toString(),
        durationMillis: trace.durationMillis,
        errorCount: trace.errorCount,
        roots: trace.roots.map(showNode),
        looseLogs: trace.looseLogs.filter((log) => !isEvent(log)).map(showLog),
        looseEvents: trace.looseLogs.filter(isEvent).map(showEvent),
      },
    })),
  }
}

function showNode({ span, children, logs, isOrphan }: SpanNode): object {
  return {
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? null,
    isOrphan,
    name: span.name,
    kind: span.kind,
    scope: span.scope.name,
    startTimeUnixNano: span.startTimeUnixNano.toString(),
    durationMillis: span.durationMillis,
    status: span.status,
    attributes: span.attributes,
    spanEvents: span.events.map((event) => ({ ...event, timeUnixNano: event.timeUnixNano.toString() })),
    logs: logs.filter((log) => !isEvent(log)).map(showLog),
    events: logs.filter(isEvent).map(showEvent),
    children: children.map(showNode),
  }
}

function showLog(log: ReceivedLog): Record<string, unknown> {
  const { severityNumber, severityText, body, attributes, traceId, spanId } = log
  const timeUnixNano = (log.timeUnixNano || log.observedTimeUnixNano).toString()
  return { timeUnixNano, severityNumber, severityText, body, attributes, traceId, spanId }
}

function showEvent(log: ReceivedLog): object {
  const { body: _absent, ...shown } = showLog(log)
  return { name: log.eventName, class: classOf(log), ...shown }
}
