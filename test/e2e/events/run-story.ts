import { END_NODES, isFull, NODES, runProgram, startReceiver } from '@plutus/test-kit'
import type { ReceivedLog, ReceivedMetric, ReceivedSpan, TestNode } from '@plutus/test-kit'
import { expect } from 'vitest'
import { programFile } from './program-file.ts'

/** The Nodes with our engine, the newest with OpenTelemetry's too; with the long counts every Node with both. */
export const RUNS = END_NODES.flatMap((node) =>
  (['plutus', 'upstream'] as const)
    .filter((engine) => isFull || engine === 'plutus' || node === NODES.at(-1))
    .map((engine) => ({ node, engine, label: node.label })),
)

/** What a program of this story sent, and what it printed. */
export interface Story {
  readonly spans: readonly ReceivedSpan[]
  readonly logs: readonly ReceivedLog[]
  readonly metrics: readonly ReceivedMetric[]
  readonly stdout: string
}

/** How a program of this story runs. */
export interface StoryOptions {
  readonly node: TestNode
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
}

/** Runs a program under the hook and expects it to end well. */
export async function runStory(name: string, { node, env = {}, args = [] }: StoryOptions): Promise<Story> {
  const receiver = await startReceiver()
  try {
    const file = await programFile(name, node)
    const hook = file.endsWith('.mjs') ? 'import' : 'require'
    // Megabytes may be left for the end, on a machine that is busy.
    const patient = { PLUTUS_EXIT_WAIT_MS: '10000', ...env }
    const { code, stdout } = await runProgram({ node, file, hook, args, env: patient, receiver })
    expect([code, receiver.malformed]).toEqual([0, []])
    const logs = [...receiver.processEvents, ...receiver.logs]
    return { spans: [...receiver.spans], logs, metrics: [...receiver.metrics], stdout }
  } finally {
    await receiver.close()
  }
}

/** Runs a program without the hook, expects it to end well, and returns what it printed. */
export async function runPlain(
  name: string,
  { node, env = {}, args = [], nodeOptions = [] }: StoryOptions & { readonly nodeOptions?: readonly string[] },
): Promise<string> {
  const file = await programFile(name, node)
  const { code, stdout, stderr } = await runProgram({ node, file, hook: 'none', args, env, nodeOptions })
  expect([code, stderr]).toEqual([0, ''])
  return stdout
}

/** Objects of the lines of an output that are JSON. */
export function readLines(stdout: string): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** The SERVER span of a program's request. */
export function serverSpan({ spans }: Pick<Story, 'spans'>): ReceivedSpan {
  const found = spans.filter(({ kind }) => kind === 'SERVER')
  expect(found).toHaveLength(1)
  return found[0] as ReceivedSpan
}

/** Sum of a counter by the value of an attribute, over every point that arrived last. */
export function countBy({ metrics }: Pick<Story, 'metrics'>, name: string, attribute: string): Record<string, number> {
  const last = metrics.findLast((metric) => metric.name === name)
  const points = last?.points ?? []
  return Object.fromEntries(points.map((point) => [String(point.attributes[attribute]), point.value ?? 0]))
}
