import { runProgram, startReceiver } from '@plutus/test-kit'
import type { ReceivedMetric, ReceivedPoint, ReceivedSpan, TestNode } from '@plutus/test-kit'
import { expect } from 'vitest'
import { programFile } from './program-file.ts'

/** What a program of this story sent, and what it printed. */
export interface Story {
  readonly spans: readonly ReceivedSpan[]
  readonly stdout: string
  /** Points of a metric in the order they came. */
  points(metric: string): readonly ReceivedPoint[]
}

// The programs hold a pool open for three of these; several run at once, which makes the machine slow to take the rest.
const COLLECT_SOON = {
  OTEL_METRIC_EXPORT_INTERVAL: '150',
  OTEL_METRIC_EXPORT_TIMEOUT: '150',
  OTEL_LOG_LEVEL: 'warn',
  PLUTUS_EXIT_WAIT_MS: '20000',
}

/** Runs a program under the hook and expects it to end well. */
export async function runStory(
  name: string,
  options: { node?: TestNode; env?: Record<string, string> },
): Promise<Story> {
  const { node, env = {} } = options
  const receiver = await startReceiver()
  try {
    const hook = name.endsWith('.mjs') ? 'import' : 'require'
    const program = {
      file: programFile(name),
      hook,
      receiver,
      env: { ...COLLECT_SOON, ...env },
      ...(node === undefined ? {} : { node }),
    } as const
    const { code, stdout, stderr } = await runProgram(program)
    expect(code).toBe(0)
    expect(stderr).not.toMatch(/^plutus: .*\blost: /m)
    expect(receiver.malformed).toEqual([])
    const metrics = [...receiver.metrics]
    return { spans: [...receiver.spans], stdout, points: (metric) => pointsOf(metrics, metric) }
  } finally {
    await receiver.close()
  }
}

/** What it prints without the hook. */
export async function runPlain(
  name: string,
  { node, env }: { node?: TestNode; env: Record<string, string> },
): Promise<string> {
  const { code, stdout } = await runProgram({ file: programFile(name), hook: 'none', env, ...(node && { node }) })
  expect(code).toBe(0)
  return stdout
}

function pointsOf(metrics: readonly ReceivedMetric[], name: string): readonly ReceivedPoint[] {
  return metrics.filter((metric) => metric.name === name).flatMap(({ points }) => points)
}
