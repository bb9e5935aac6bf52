import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const exclude = ['**/node_modules/**', '**/dist/**']

// Tests here patch Node and libraries, or set up what a process has once: each file starts anew. Other files share what a
// worker has loaded, which halves their cost, so they put back what they change.
const PATCHING = ['packages/{instrumentation-*,otel-register,events}/src/**/*.test.ts']

// Benchmarks stand beside the tests of their project; without a pattern of its own each project would run all of them.
const toBench = (pattern: string): string => pattern.replace('.test.', '.bench.')

const unit = (name: string, include: string[], others: string[] = []) => ({
  test: {
    name,
    include,
    exclude: [...exclude, ...others],
    isolate: include === PATCHING,
    testTimeout: 60_000, // for what hangs: properties take seconds where the machine is shared
    hookTimeout: 60_000,
    benchmark: { include: include.map(toBench), exclude: [...exclude, ...others.map(toBench)] },
  },
})

// Child processes and servers start in these; the machine decides how fast. Where it is shared, a process may not get
// its turn in time: such a test is asked again, and one that fails each time fails.
const slow = { testTimeout: 120_000, hookTimeout: 120_000, retry: process.env['CI'] === undefined ? 0 : 2 }

export default defineConfig({
  test: {
    // Much of the time goes into waiting for child processes; of two cores, vitest alone would use one.
    maxWorkers: Math.max(4, availableParallelism() - 1),
    reporters: ['default', './test/kit/src/summary-reporter.ts'],
    projects: [
      unit(
        'unit',
        ['packages/*/src/**/*.test.ts', 'test/{kit,bench}/src/**/*.test.ts', 'examples/*/src/**/*.test.ts'],
        PATCHING,
      ),
      unit('patching', PATCHING),
      unit('contract', ['test/contract/**/*.test.ts']),
      unit('architecture', ['test/architecture/**/*.test.ts']),
      { test: { ...unit('e2e', ['test/e2e/**/*.test.ts']).test, ...slow } },
      {
        test: {
          ...unit('collector', ['test/collector/**/*.test.ts']).test,
          ...slow,
          // What a fault does to a collector is seen after some time: many wait for it at once.
          maxConcurrency: 8,
          // The first time on a machine it builds the collector.
          globalSetup: ['./test/collector/src/build-collector.ts'],
        },
      },
      { test: { ...unit('differential', ['test/differential/**/*.test.ts']).test, ...slow } },
    ],
  },
})
