import { printBenchResults, runBenchProgram } from '@plutus/test-kit'
import { expect, it } from 'vitest'

it('emits a log record by the built-in rules of classes and by those of a policy file', () => {
  const results = runBenchProgram(new URL('process-policy.bench.program.ts', import.meta.url))
  printBenchResults(results)
  expect(results.length).toBeGreaterThan(0)
})
