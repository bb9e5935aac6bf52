import { writeSync } from 'node:fs'
import { relative } from 'node:path'
import type { Reporter, SerializedError, TestCase, TestModule, Vitest } from 'vitest/node'

const STANDARD_OUTPUT = 1

// What the kit says of a server or a compiler that is not there. Linear: names of tests are short, and ours.
const REASON = /\bno (?:[^()]+\([^()]*\); \w+ names another|Go to build [\w-]+ with)/g

/**
 * Ends a run with one plain line, `N passed, N failed, N skipped`, and tells before it which servers were not there and
 * which tests passed only when they were asked again. With `CI` set the run also fails if anything was skipped, naming it, or if no test ran.
 *
 * A file that does not load, a suite whose hook fails and an error outside any test each count as one failed.
 */
export class SummaryReporter implements Reporter {
  #root = ''

  onInit(vitest: Vitest): void {
    this.#root = vitest.config.root
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length
    const suites = modules.flatMap((module) => [module, ...module.children.allSuites()])
    const brokenSuites = suites.filter((suite) => suite.errors().length > 0).length
    const failed = count('failed') + brokenSuites + unhandledErrors.length
    const skipped = tests.filter((test) => test.result().state === 'skipped' || test.result().state === 'pending')
    const lines = process.env['CI'] ? this.#refuse(count('passed') + count('failed'), skipped) : describeAbsent(skipped)
    if (process.env['CI'] && lines.length > 0) process.exitCode = 1
    lines.push(...this.#tellRetried(tests.filter((test) => test.diagnostic()?.flaky)))
    lines.push(`${count('passed')} passed, ${failed} failed, ${skipped.length} skipped`)
    // Whatever vitest and other reporters have yet to say comes first.
    process.once('exit', () => writeSync(STANDARD_OUTPUT, `${lines.join('\n')}\n`))
  }

  #refuse(ran: number, skipped: readonly TestCase[]): string[] {
    const names = skipped.map((test) => `  ${this.#nameOf(test)}`)
    return [
      ...(names.length > 0 ? ['Skipped, which CI does not allow:', ...names] : []),
      ...(ran === 0 ? ['No test ran.'] : []),
    ]
  }

  /** What failed at first and passed when it was asked again: luck, or a fault that is seen now and then. */
  #tellRetried(retried: readonly TestCase[]): string[] {
    if (retried.length === 0) return []
    return ['Passed only when asked again:', ...retried.map((test) => `  ${this.#nameOf(test)}`)]
  }

  #nameOf(test: TestCase): string {
    const file = relative(this.#root, test.module.moduleId)
    const result = test.result()
    const note = result.state === 'skipped' && result.note ? ` (${result.note})` : ''
    return `${file} > ${test.fullName}${note}`
  }
}

/** What was not there, with the number of tests that say so. */
function describeAbsent(skipped: readonly TestCase[]): string[] {
  const counts = new Map<string, number>()
  for (const { fullName } of skipped) {
    for (const [reason] of fullName.matchAll(REASON)) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  if (counts.size === 0) return []
  return ['Skipped for what is not here:', ...[...counts].map(([reason, count]) => `  ${reason} (${count})`)]
}

// vitest takes a reporter's default export.
// oxlint-disable-next-line import/no-default-export
export default SummaryReporter
