import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCli } from '@plutus/cli'
import { startProgram, waitFor } from '@plutus/test-kit'
import { CLASS_ORDER } from '@plutus/policy'
import type { TestContext } from 'vitest'
import type { Whereabouts } from './account.ts'

/** What is counted: the records of each class, and spans. */
export const COUNTED = [...CLASS_ORDER, 'spans'] as const

/** A number of each. */
export type Counts = Readonly<Record<(typeof COUNTED)[number], number>>

/** A service that records without end. */
export interface Emitter {
  /** Lets it record no more, and gives how many it has recorded; they are numbered from 0 in their attribute `id`. */
  readonly stop: () => Promise<Counts>
  /** What it has written to standard error so far. */
  readonly stderr: () => string
  /** Ends it, by SIGTERM. */
  readonly end: () => Promise<Ending>
}

/** What a service leaves behind. */
export interface Ending {
  readonly stderr: string
  /** What its spool holds. */
  readonly spooled: readonly Whereabouts[]
}

/** Options of {@link startEmitter}. */
export interface EmitterOptions {
  /** Where its SDK sends. */
  readonly url: string
  /** Records a second. */
  readonly rate: number
  /** Characters of each record beside its name. @defaultValue 100 */
  readonly textLength?: number
  readonly env?: Readonly<Record<string, string>>
}

const FILE = fileURLToPath(new URL('../programs/emit.mjs', import.meta.url))

/** Starts a service under the built hook, with its spool on, and waits until it records. */
export async function startEmitter(
  onTestFinished: TestContext['onTestFinished'],
  { url, rate, textLength = 100, env = {} }: EmitterOptions,
): Promise<Emitter> {
  const folder = mkdtempSync(join(tmpdir(), 'plutus-emitter-'))
  const program = startProgram({
    file: FILE,
    args: [String(rate), String(textLength)],
    receiver: { httpUrl: url, grpcUrl: url },
    timeoutMillis: 0,
    env: { PLUTUS_SPOOL_DIR: folder, OTEL_LOG_LEVEL: 'warn', ...env },
  })
  onTestFinished(async () => {
    await program.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  await program.ready
  return {
    stop: async () => {
      program.write('stop\n')
      const line = await waitFor(() => program.stdout.split('\n').find((one) => one.endsWith('}')))
      return JSON.parse(line) as Counts
    },
    stderr: () => program.stderr,
    end: async () => {
      program.kill('SIGTERM')
      const { stderr } = await program.exited
      return { stderr, spooled: await listSpool(folder) }
    },
  }
}

async function listSpool(folder: string): Promise<readonly Whereabouts[]> {
  let lines = ''
  const io = { env: {}, stdin: process.stdin, out: (text: string) => void (lines += text), err: () => undefined }
  await runCli(['spool', 'ls', '--json', folder], io)
  const parts = lines.split('\n').filter((line) => line !== '')
  return parts.map((line) => {
    const { holds, records, state } = JSON.parse(line) as { holds: string; records: number; state: string }
    return { holds, count: records, where: `in the spool: ${state}` }
  })
}
