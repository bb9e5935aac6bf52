import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isFull, NODES, startProgram, startReceiver } from '@plutus/test-kit'
import type { Fault, Program, Receiver, TestNode } from '@plutus/test-kit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { programFile } from './program-file.ts'

// On each Node at once, so that processes share the directory and take over from one another; in all a dozen kills.
const WAVES = isFull ? 50 : 3
const FAULTS: readonly (Fault | 'refuse' | undefined)[] = [
  'refuse',
  undefined,
  { status: 503 },
  { delayMillis: 300 },
  { reset: 'after-body' },
]

let receiver: Receiver
let folder: string

beforeAll(async () => {
  receiver = await startReceiver()
  folder = mkdtempSync(join(tmpdir(), 'plutus-spool-'))
})
afterAll(async () => {
  await receiver.close()
  rmSync(folder, { recursive: true, force: true })
})

function start(node: TestNode, ...args: string[]): Program {
  return startProgram({
    file: programFile('emit.mjs'),
    node,
    args,
    receiver,
    env: { PLUTUS_SPOOL_DIR: join(folder, 'spool'), OTEL_LOG_LEVEL: 'warn' },
  })
}

/** Kills a program in the middle of its work, and tells what it had recorded by then. */
async function killAt(program: Program, millis: number): Promise<string[]> {
  await program.ready
  await new Promise((resolve) => setTimeout(resolve, millis))
  program.kill('SIGKILL')
  const { stdout } = await program.exited
  return stdout.split('\n').slice(0, -1) // a line that was cut tells of nothing
}

it(
  'delivers every durable record whose call returned, wherever the process was killed',
  { timeout: 1_200_000 },
  async () => {
    const recorded: string[] = []
    for (let wave = 0; wave < WAVES; wave++) {
      const fault = FAULTS[wave % FAULTS.length]
      if (fault === 'refuse') await receiver.refuse()
      else receiver.respond(fault)
      const lives = NODES.map((node) =>
        killAt(start(node, `${wave}-${node.label}`), Math.random() * (wave === 0 ? 300 : 1700)),
      )
      for (const ids of await Promise.all(lives)) recorded.push(...ids)
      if (fault === 'refuse') await receiver.accept()
    }
    receiver.respond()
    const last = start(NODES.at(-1) as TestNode, 'last', '4')
    const findMissing = (): string[] => {
      const found = delivered()
      return recorded.filter((id) => !found.has(id))
    }
    await receiver.waitFor(() => findMissing().length === 0 && readdirSync(join(folder, 'spool')).length === 1, {
      timeoutMillis: 30_000,
    })
    await last.stop()

    expect(recorded.length).toBeGreaterThan(WAVES * NODES.length * 20)
    expect(findMissing()).toEqual([])
    for (const [, uids] of delivered()) expect(uids.size).toBe(1)
    expect(receiver.malformed).toEqual([])
  },
)

/** The ids of each durable record that arrived: twice the same tells that it is the same. */
function delivered(): Map<string, Set<unknown>> {
  const found = new Map<string, Set<unknown>>()
  for (const { attributes } of receiver.logs) {
    const { id, 'log.record.uid': uid } = attributes
    if (typeof id !== 'string') continue
    const uids = found.get(id) ?? new Set()
    found.set(id, uids.add(uid))
  }
  return found
}
