import type { Receiver } from '@plutus/test-kit'
import { createReport, type PlayedScenario, type ReportOptions } from './report.ts'

// Only a demo that is going to fail waits as long.
const LONGEST_WAIT_MILLIS = 30_000
// Longer than a batch waits before it is sent.
const QUIET_MILLIS = 700
const STEP_MILLIS = 50

/**
 * Waits until nothing more arrives, metrics came after the traffic, and all that the report asks for is there: spans and
 * records come in exports of their own, which on a busy machine may be seconds apart. 30 s at most.
 */
export async function gatherTelemetry(
  receiver: Receiver,
  played: readonly PlayedScenario[],
  options: ReportOptions,
): Promise<void> {
  const start = performance.now()
  const exportsAtStart = countMetricExports(receiver)
  let quietSince = start
  let seen = -1
  for (;;) {
    const now = performance.now()
    const count = receiver.spans.length + receiver.logs.length
    if (count !== seen) [seen, quietSince] = [count, now]
    if (now - start >= LONGEST_WAIT_MILLIS) return
    if (now - quietSince >= QUIET_MILLIS && countMetricExports(receiver) > exportsAtStart) {
      if (createReport(receiver, played, options).checks.every(({ isMet }) => isMet)) return
      quietSince = now
    }
    await new Promise((resolve) => setTimeout(resolve, STEP_MILLIS))
  }
}

function countMetricExports({ requests }: Receiver): number {
  return requests.filter(({ signal, status }) => signal === 'metrics' && status === 200).length
}
