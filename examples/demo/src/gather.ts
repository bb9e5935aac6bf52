import { buildTraces, type Receiver } from '@plutus/test-kit'
import { findTrace, type PlayedScenario } from './report.ts'

const LONGEST_WAIT_MILLIS = 15_000
// Longer than a batch waits before it is sent.
const QUIET_MILLIS = 700
const STEP_MILLIS = 50

/** Waits until every scenario's trace is there, metrics came after the traffic, and nothing more arrives; 15 s at most. */
export async function gatherTelemetry(receiver: Receiver, played: readonly PlayedScenario[]): Promise<void> {
  const start = performance.now()
  const exportsAtStart = countMetricExports(receiver)
  let quietSince = start
  let seen = -1
  for (;;) {
    const now = performance.now()
    const count = receiver.spans.length + receiver.logs.length
    if (count !== seen) [seen, quietSince] = [count, now]
    const isQuiet = now - quietSince >= QUIET_MILLIS
    const isLate = now - start >= LONGEST_WAIT_MILLIS
    if (isLate || (isQuiet && countMetricExports(receiver) > exportsAtStart && hasAll(receiver, played))) return
    await new Promise((resolve) => setTimeout(resolve, STEP_MILLIS))
  }
}

function hasAll(receiver: Receiver, played: readonly PlayedScenario[]): boolean {
  const traces = buildTraces(receiver.spans)
  return played.every(({ exchange }) => findTrace(traces, exchange) !== undefined)
}

function countMetricExports({ requests }: Receiver): number {
  return requests.filter(({ signal, status }) => signal === 'metrics' && status === 200).length
}
