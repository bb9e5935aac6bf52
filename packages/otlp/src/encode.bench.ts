import { printBenchResults, runBenchProgram, toOurs } from '@plutus/test-kit'
import type { BenchResult } from '@plutus/test-kit'
import { expect, it } from 'vitest'

interface Result extends BenchResult {
  readonly bytes: number
}

const GROUPS = ['peers', 'hexadecimal', 'redacting', 'prepared']
const PROGRAM = new URL('encode.bench.program.ts', import.meta.url)

it('encodes a span of 11 attributes and a log record of 8', () => {
  // Each group in a process of its own.
  const results = GROUPS.flatMap((group) => runBenchProgram<Result>(PROGRAM, group))
  printBenchResults(results, { 'to Plutus': toOurs(results), size: ({ bytes }) => `${bytes} B` })
  expect(results.length).toBeGreaterThan(0)
})
