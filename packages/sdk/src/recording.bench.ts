import { printBenchResults, runBenchProgram, toOurs } from '@plutus/test-kit'
import { expect, it } from 'vitest'

it('records a span of 11 attributes and a log record of 8, from the call to the bytes', () => {
  const results = runBenchProgram(new URL('recording.bench.program.ts', import.meta.url))
  printBenchResults(results, { 'to Plutus': toOurs(results) })
  expect(results.length).toBeGreaterThan(0)
})
