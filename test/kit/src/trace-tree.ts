import type { ReceivedLog, ReceivedSpan } from './received.ts'

/** A span with what lies below it. */
export interface SpanNode {
  readonly span: ReceivedSpan
  /** By start time, earliest first. */
  readonly children: readonly SpanNode[]
  /** Records written under this span, by time. */
  readonly logs: readonly ReceivedLog[]
  /** Its parent is named but has not arrived: in another service, not sampled, or lost. */
  readonly isOrphan: boolean
}

/** What belongs to one trace id. */
export interface Trace {
  readonly traceId: string
  /** Spans without a parent here, by start time. */
  readonly roots: readonly SpanNode[]
  readonly spans: readonly ReceivedSpan[]
  /** Records of this trace whose span has not arrived, by time. */
  readonly looseLogs: readonly ReceivedLog[]
  /** First start and last end of its spans; 0 for a trace of logs alone. */
  readonly startTimeUnixNano: bigint
  readonly durationMillis: number
  readonly errorCount: number
}

interface Growing extends SpanNode {
  readonly children: Growing[]
  readonly logs: ReceivedLog[]
  isOrphan: boolean
}

/**
 * Puts spans and log records together by trace, traces by their start. A span that arrived twice counts once;
 * spans that name each other as parents hang below the one that started first. Records without a trace id are left out.
 */
export function buildTraces(spans: readonly ReceivedSpan[], logs: readonly ReceivedLog[] = []): Trace[] {
  const byTrace = new Map<string, { spans: Map<string, ReceivedSpan>; logs: ReceivedLog[] }>()
  const partOf = (traceId: string): { spans: Map<string, ReceivedSpan>; logs: ReceivedLog[] } => {
    const part = byTrace.get(traceId) ?? { spans: new Map(), logs: [] }
    byTrace.set(traceId, part)
    return part
  }
  for (const span of spans) {
    const part = partOf(span.traceId)
    if (!part.spans.has(span.spanId)) part.spans.set(span.spanId, span)
  }
  for (const log of logs) if (log.traceId !== undefined) partOf(log.traceId).logs.push(log)
  return [...byTrace]
    .map(([traceId, part]) => buildTrace(traceId, [...part.spans.values()].sort(byStart), part.logs.sort(byTime)))
    .sort((a, b) => compare(a.startTimeUnixNano, b.startTimeUnixNano))
}

/** A span and all below it, parents first, as they are printed. */
export function flattenSpans(node: SpanNode): SpanNode[] {
  return [node, ...node.children.flatMap(flattenSpans)]
}

function buildTrace(traceId: string, spans: readonly ReceivedSpan[], logs: readonly ReceivedLog[]): Trace {
  const nodes = new Map<string, Growing>(
    spans.map((span) => [span.spanId, { span, children: [], logs: [], isOrphan: false }]),
  )
  const roots: Growing[] = []
  for (const node of nodes.values()) {
    const { parentSpanId } = node.span
    const parent = parentSpanId === undefined ? undefined : nodes.get(parentSpanId)
    node.isOrphan = parentSpanId !== undefined && parent === undefined
    // Nodes come by start time, so the first of a circle is the one that opens it.
    if (parent === undefined || isBelow(parent, node, nodes, roots)) roots.push(node)
    else parent.children.push(node)
  }
  const looseLogs: ReceivedLog[] = []
  for (const log of logs) (nodes.get(log.spanId ?? '')?.logs ?? looseLogs).push(log)
  const start = spans[0]?.startTimeUnixNano ?? 0n
  const end = spans.reduce((latest, span) => (span.endTimeUnixNano > latest ? span.endTimeUnixNano : latest), start)
  return {
    traceId,
    roots,
    spans,
    looseLogs,
    startTimeUnixNano: start,
    durationMillis: Number(end - start) / 1e6,
    errorCount: spans.filter((span) => span.status.code === 'ERROR').length,
  }
}

/** Whether the way up from `node` comes to `ancestor` without passing a root. */
function isBelow(
  node: Growing,
  ancestor: Growing,
  nodes: ReadonlyMap<string, Growing>,
  roots: readonly Growing[],
): boolean {
  const seen = new Set<Growing>()
  for (
    let at: Growing | undefined = node;
    at !== undefined && !seen.has(at);
    at = nodes.get(at.span.parentSpanId ?? '')
  ) {
    if (at === ancestor) return true
    if (roots.includes(at)) return false
    seen.add(at)
  }
  return false
}

function byStart(a: ReceivedSpan, b: ReceivedSpan): number {
  return compare(a.startTimeUnixNano, b.startTimeUnixNano)
}

function byTime(a: ReceivedLog, b: ReceivedLog): number {
  return compare(a.timeUnixNano || a.observedTimeUnixNano, b.timeUnixNano || b.observedTimeUnixNano)
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b)
}
