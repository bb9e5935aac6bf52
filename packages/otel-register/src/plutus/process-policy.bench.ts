import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

interface Result {
  readonly name: string
  readonly fastest: number
  readonly median: number
}

const PROGRAM = fileURLToPath(new URL('process-policy.bench.program.ts', import.meta.url))

it('emits a log record by the built-in rules of classes and by those of a policy file', () => {
  // In a process of its own: what vitest does to modules would be measured with them.
  const output = execFileSync(process.execPath, ['--no-warnings', PROGRAM], { encoding: 'utf8' })
  const results = JSON.parse(output) as Result[]
  const lines = [
    'per record'.padEnd(46) + 'fastest'.padStart(10) + 'median'.padStart(10),
    ...results.map(
      ({ name, ...ns }) => `${name.padEnd(46)}${`${ns.fastest} ns`.padStart(10)}${`${ns.median} ns`.padStart(10)}`,
    ),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  expect(results.length).toBeGreaterThan(0)
})
