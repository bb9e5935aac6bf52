import { buildTraces, type Receiver, type Trace } from '@plutus/test-kit'
import type { Page } from './layout.ts'
import { renderHeading } from './render-report.ts'
import { renderTrace } from './render-trace.ts'

const STEP_MILLIS = 200
// Spans of one request leave in batches; a trace is printed when none has come for so long.
const SETTLED_MILLIS = 700

/** Prints each trace of a request that arrives from now on, once it is whole, until `signal` fires. */
export async function printTraces(receiver: Receiver, page: Page, signal: AbortSignal): Promise<void> {
  const waiting = new Map<string, { size: number; since: number }>()
  receiver.clear()
  while (!signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, STEP_MILLIS))
    const now = performance.now()
    const traces = buildTraces(receiver.spans, receiver.logs)
    for (const trace of traces) {
      const size = trace.spans.length + trace.looseLogs.length
      const known = waiting.get(trace.traceId)
      if (known?.size !== size) waiting.set(trace.traceId, { size, since: now })
    }
    const settled = traces.filter(({ traceId }) => now - (waiting.get(traceId)?.since ?? now) >= SETTLED_MILLIS)
    if (settled.length < traces.length || traces.length === 0) continue
    // Nothing is on its way: print all and begin anew, so that memory stays as it is.
    receiver.clear()
    waiting.clear()
    for (const trace of settled.filter(isRequest)) print(trace, page)
  }
}

function isRequest({ spans }: Trace): boolean {
  return spans.some(({ kind }) => kind === 'SERVER')
}

function print(trace: Trace, page: Page): void {
  const name = trace.roots[0]?.span.name ?? ''
  const lines = [...renderHeading(name, `trace ${trace.traceId}`, page), ...renderTrace(trace, page)]
  process.stdout.write(`${lines.join('\n')}\n`)
}
