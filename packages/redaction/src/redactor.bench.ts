import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

interface Result {
  readonly name: string
  readonly fastest: number
  readonly median: number
}

/** A hostile text of 512 Ki characters, and how much longer it takes for each doubling. */
interface Doubling {
  readonly piece: string
  readonly millis: number
  readonly ratio: number
}

const REDACTOR = new URL('redactor.bench.program.ts', import.meta.url)
const DOUBLING = new URL('doubling.bench.program.ts', import.meta.url)

// In processes of their own: what vitest does to modules would be measured with them.
const run = (program: URL): unknown =>
  JSON.parse(execFileSync(process.execPath, ['--no-warnings', fileURLToPath(program)], { encoding: 'utf8' }))

it('redacts records and texts, beside redactors of paths', () => {
  const results = run(REDACTOR) as Result[]
  const lines = results.map(
    ({ name, fastest, median }) => `${name.padEnd(64)}${`${fastest} ns`.padStart(10)}${`${median} ns`.padStart(10)}`,
  )
  process.stdout.write(`${''.padEnd(64)}${'fastest'.padStart(10)}${'median'.padStart(10)}\n${lines.join('\n')}\n`)
  expect(results.length).toBeGreaterThan(0)
})

it('takes twice the time for twice the text, hostile as it may be', () => {
  const results = run(DOUBLING) as Doubling[]
  const tell = (what: string, { piece, millis, ratio }: Doubling): void =>
    void process.stdout.write(
      `${what} ${JSON.stringify(piece)}: ${millis.toFixed(1)} ms, ${ratio.toFixed(2)} per doubling\n`,
    )
  for (const result of results.toSorted((a, b) => b.ratio - a.ratio).slice(0, 3)) tell('steepest', result)
  for (const result of results.toSorted((a, b) => b.millis - a.millis).slice(0, 3)) tell('slowest', result)
  expect(results.length).toBeGreaterThan(0)
})
