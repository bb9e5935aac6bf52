import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

interface Result {
  readonly name: string
  readonly fastest: number
  readonly median: number
}

const PROGRAM = fileURLToPath(new URL('redactor.bench.program.ts', import.meta.url))

it('redacts records and texts, beside redactors of paths', () => {
  // In a process of its own: what vitest does to modules would be measured with it.
  const output = execFileSync(process.execPath, ['--no-warnings', PROGRAM], { encoding: 'utf8' })
  const results = JSON.parse(output) as Result[]
  const lines = results.map(
    ({ name, fastest, median }) => `${name.padEnd(64)}${`${fastest} ns`.padStart(10)}${`${median} ns`.padStart(10)}`,
  )
  process.stdout.write(`${''.padEnd(64)}${'fastest'.padStart(10)}${'median'.padStart(10)}\n${lines.join('\n')}\n`)
  expect(results.length).toBeGreaterThan(0)
})
