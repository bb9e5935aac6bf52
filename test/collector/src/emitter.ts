import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startProgram, waitFor } from '@plutus/test-kit'
import { CLASS_ORDER } from '@plutus/policy'
import type { TestContext } from 'vitest'

/** What is counted: the records of each class, and spans. */
export const COUNTED = [...CLASS_ORDER, 'spans'] as const

/** A number of each. */
export type Counts = Readonly<Record<(typeof COUNTED)[number], number>>

/** A service that records without end. */
export interface Emitter {
  /** Lets it record no more, and gives how many it has recorded; they are numbered from 0 in their attribute `id`. */
  readonly stop: () => Promise<Counts>
  /** Ends it, and gives what it wrote to standard error. */
  readonly end: () => Promise<string>
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
    end: async () => {
      program.kill('SIGTERM')
      return (await program.exited).stderr
    },
  }
}
