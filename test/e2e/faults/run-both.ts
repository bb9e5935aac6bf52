import { runProgram } from '@plutus/test-kit'
import type { ProgramOptions, ProgramResult } from '@plutus/test-kit'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

/** Longest life of a program that ends by itself: less than any time-out of an export, more than a busy machine needs. */
const MAX_LIFE_MILLIS = 9000

/** Options of {@link runBoth}: a program of this story with its arguments. */
export type BothOptions = Pick<ProgramOptions, 'node' | 'args' | 'env' | 'receiver'> & { readonly program: string }

/**
 * Runs a program without the hook and with it, asserts that it ends alike and in time, and returns what the hook told:
 * the lines on standard error that are not there without it.
 */
export async function runBoth({ program, ...options }: BothOptions): Promise<readonly string[]> {
  const file = fileURLToPath(new URL(`programs/${program}`, import.meta.url))
  const env = { OTEL_LOG_LEVEL: 'warn', ...options.env }
  const run = (hook: 'none' | 'require'): Promise<ProgramResult> =>
    runProgram({ ...options, file, hook, env, timeoutMillis: MAX_LIFE_MILLIS })
  const [without, with_] = await Promise.all([run('none'), run('require')])
  expect([with_.code, with_.signal, with_.stdout]).toEqual([without.code, without.signal, without.stdout])
  const known = new Set(without.stderr.split('\n'))
  return with_.stderr.split('\n').filter((line) => line !== '' && !known.has(line))
}
