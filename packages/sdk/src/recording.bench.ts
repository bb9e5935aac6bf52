import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

interface Result {
  readonly name: string
  readonly fastest: number
  readonly median: number
}

const PROGRAM = fileURLToPath(new URL('recording.bench.program.ts', import.meta.url))

it('records a span of 11 attributes and a log record of 8, from the call to the bytes', () => {
  // In a process of its own: what vitest does to modules would be measured with them.
  const output = execFileSync(process.execPath, ['--no-warnings', PROGRAM], { encoding: 'utf8' })
  const results = JSON.parse(output) as Result[]
  const rows = results.map(({ name, fastest, median }) => {
    const ours = results.find((result) => result.name === `${name.slice(0, name.indexOf(','))}, Plutus`)
    return [name, `${fastest} ns`, `${median} ns`, `${(fastest / (ours?.fastest ?? 1)).toFixed(2)}x`]
  })
  const lines = [['per record', 'fastest', 'median', 'to Plutus'], ...rows].map(([name = '', ...cells]) =>
    [name.padEnd(46), ...cells.map((cell) => cell.padStart(10))].join(''),
  )
  process.stdout.write(`${lines.join('\n')}\n`)
  expect(results.length).toBeGreaterThan(0)
})
