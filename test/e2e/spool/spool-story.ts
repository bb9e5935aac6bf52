import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProgram, startReceiver } from '@plutus/test-kit'
import type { Program, ProgramOptions, Receiver } from '@plutus/test-kit'
import { onTestFinished } from 'vitest'
import { programFile } from './program-file.ts'

/** A receiver, and a directory that processes spool to. */
export interface SpoolStory {
  readonly receiver: Receiver
  readonly directory: string
  start(program: string, args: readonly string[], options?: Partial<ProgramOptions>): Program
  /** Which of the ids have not arrived. */
  missing(ids: readonly string[]): string[]
  /** How often each id arrived, and under which `log.record.uid`. */
  arrived(): Map<string, { count: number; uids: Set<unknown> }>
  /** Starts a process that delivers what others left, and waits until nothing of it is on disk. */
  deliverRest(ids: readonly string[]): Promise<Program>
}

/** @param onFinished that of the test's own context where tests run at once; vitest knows of one only. */
export async function openSpoolStory(onFinished: typeof onTestFinished = onTestFinished): Promise<SpoolStory> {
  const receiver = await startReceiver()
  const folder = mkdtempSync(join(tmpdir(), 'plutus-spool-'))
  const directory = join(folder, 'spool')
  const programs: Program[] = []
  onFinished(async () => {
    // One that runs for ever outlives a test that fails.
    await Promise.all(programs.map((program) => program.stop()))
    await receiver.close()
    rmSync(folder, { recursive: true, force: true })
  })
  // What has been read by now: who waits asks again and again, and there are thousands.
  const found = new Map<string, { count: number; uids: Set<unknown> }>()
  let read = 0
  const story: SpoolStory = {
    receiver,
    directory,
    start: (program, args, options = {}) => {
      const started = startProgram({
        file: programFile(program),
        args,
        receiver,
        ...options,
        env: { PLUTUS_SPOOL_DIR: directory, OTEL_LOG_LEVEL: 'warn', ...options.env },
      })
      programs.push(started)
      return started
    },
    arrived: () => {
      for (; read < receiver.logs.length; read++) {
        const { id, 'log.record.uid': uid } = receiver.logs[read]?.attributes ?? {}
        if (typeof id !== 'string') continue
        const known = found.get(id) ?? { count: 0, uids: new Set() }
        known.count++
        known.uids.add(uid)
        found.set(id, known)
      }
      return found
    },
    missing: (ids) => {
      const found = story.arrived()
      return ids.filter((id) => !found.has(id))
    },
    deliverRest: async (ids) => {
      const last = story.start('emit.mjs', ['last', '4'])
      await receiver.waitFor(() => isEmpty(directory) && story.missing(ids).length === 0, {
        timeoutMillis: 45_000,
        describe: () =>
          `missing ${story.missing(ids).length} of ${ids.length}; on disk ${readdirSync(directory, { recursive: true }).join(' ')}; ${last.stderr}`,
      })
      return last
    },
  }
  return story
}

/** Kills a program after a while, and tells which records it had recorded by then. */
export async function killAfter(program: Program, millis: number): Promise<string[]> {
  await program.ready
  await new Promise((resolve) => setTimeout(resolve, millis))
  program.kill('SIGKILL')
  return idsOf((await program.exited).stdout)
}

/** The ids that a program has printed; a line that was cut tells of nothing. */
export function idsOf(stdout: string): string[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .filter((line) => line !== 'all')
}

/** Whether there is only the directory of the one that is running, and nothing that waits in it. */
function isEmpty(directory: string): boolean {
  const names = readdirSync(directory)
  return names.length === 1 && readdirSync(join(directory, names[0] ?? '')).every((name) => !/^\d/.test(name))
}
