import { runProgram, startReceiver } from '@plutus/test-kit'
import type { ReceivedLog, ReceivedSpan, TestNode } from '@plutus/test-kit'
import { expect } from 'vitest'

/** What a program under the hook sent. */
export interface Sent {
  readonly spans: readonly ReceivedSpan[]
  readonly logs: readonly ReceivedLog[]
  readonly stdout: string
}

// A busy machine may take its time to take what is sent at the end.
const PATIENT = { PLUTUS_EXIT_WAIT_MS: '20000' }

const plain = new Map<string, Promise<{ code: number | null; stdout: string }>>()

/** How {@link runBoth} runs a program. */
export interface RunBothOptions {
  /** @defaultValue the Node that runs the tests */
  readonly node?: TestNode
  readonly env?: Readonly<Record<string, string>>
  /** In place of `env` without the hook: both run at the same time, and must not meet at a service. */
  readonly plainEnv?: Readonly<Record<string, string>>
  /** Takes out of the output what differs from run to run, or is meant to be there under the hook only. */
  readonly normalise?: (stdout: string) => string
}

/** Runs a program with and without the hook, expects the same output and exit code 0, and returns what it sent. */
export async function runBoth(file: string, options: RunBothOptions = {}): Promise<Sent> {
  const { node, env = {}, plainEnv = env, normalise = (stdout) => stdout } = options
  const onNode = node === undefined ? {} : { node }
  const key = `${file} ${node?.label ?? ''}`
  const without = plain.get(key) ?? runProgram({ ...onNode, env: plainEnv, file, hook: 'none' })
  plain.set(key, without)
  const receiver = await startReceiver()
  try {
    const { code, stdout, stderr } = await runProgram({ ...onNode, env: { ...PATIENT, ...env }, file, receiver })
    expect(stderr).not.toMatch(/^plutus: .*\blost: /m)
    const expected = await without
    expect({ code, stdout: normalise(stdout) }).toEqual({ code: expected.code, stdout: normalise(expected.stdout) })
    expect(code).toBe(0)
    expect(receiver.malformed).toEqual([])
    return { spans: [...receiver.spans], logs: [...receiver.logs], stdout }
  } finally {
    await receiver.close()
  }
}

/** Whether `span` lies below `ancestor`. */
export function isBelow(spans: readonly ReceivedSpan[], span: ReceivedSpan, ancestor: ReceivedSpan): boolean {
  const parents = new Map(spans.map((span) => [span.spanId, span.parentSpanId]))
  for (let id = span.parentSpanId; id !== undefined; id = parents.get(id)) if (id === ancestor.spanId) return true
  return false
}

/** The one element that matches. */
export function only<T>(elements: readonly T[], matches: (element: T) => boolean): T {
  const found = elements.filter(matches)
  expect(found).toHaveLength(1)
  return found[0] as T
}
