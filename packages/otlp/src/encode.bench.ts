import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

interface Result {
  readonly name: string
  readonly fastest: number
  readonly median: number
  readonly bytes: number
}

const GROUPS = ['peers', 'hexadecimal', 'redacting', 'prepared']
const PROGRAM = fileURLToPath(new URL('encode.bench.program.ts', import.meta.url))

it('encodes a span of 11 attributes and a log record of 8', () => {
  // In processes of their own: what vitest does to modules would be measured with them.
  const results = GROUPS.flatMap(
    (group) =>
      JSON.parse(execFileSync(process.execPath, ['--no-warnings', PROGRAM, group], { encoding: 'utf8' })) as Result[],
  )
  const of = (name: string): Result => results.find((result) => result.name === name) ?? (results[0] as Result)
  const rows = results.map(({ name, fastest, median, bytes }) => {
    const ours = of(`${name.slice(0, name.indexOf(','))}, Plutus`)
    return [name, `${fastest} ns`, `${median} ns`, `${(fastest / ours.fastest).toFixed(2)}x`, `${bytes} B`]
  })
  const lines = [['per record', 'fastest', 'median', 'to Plutus', 'size'], ...rows].map(([name = '', ...cells]) =>
    [name.padEnd(46), ...cells.map((cell) => cell.padStart(10))].join(''),
  )
  process.stdout.write(`${lines.join('\n')}\n`)
  expect(results.length).toBeGreaterThan(0)
})
