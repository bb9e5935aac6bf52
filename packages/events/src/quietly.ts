import { countLoss } from './self-metrics.ts'

/** Runs what records telemetry: whatever it throws is counted and goes no further. */
export function quietly(fn: () => void): void {
  try {
    fn()
  } catch {
    countLoss('failed')
  }
}
