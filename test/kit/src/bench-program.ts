import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What a contestant of a benchmark took for a record, in nanoseconds. */
export interface BenchResult {
  readonly name: string
  readonly fastest: number
  readonly median: number
}

const NAME_WIDTH = 60
const CELL_WIDTH = 10

/** Runs a benchmark in a process of its own and gives its results: what vitest does to modules would be measured with them. */
export function runBenchProgram<Result extends BenchResult = BenchResult>(
  file: URL,
  ...args: readonly string[]
): Result[] {
  const command = ['--no-warnings', fileURLToPath(file), ...args]
  return JSON.parse(execFileSync(process.execPath, command, { encoding: 'utf8' })) as Result[]
}

/** Prints the times of each contestant, with columns of the caller's own behind them. */
export function printBenchResults<Result extends BenchResult>(
  results: readonly Result[],
  columns: Readonly<Record<string, (result: Result) => string>> = {},
): void {
  const head = ['per record', 'fastest', 'median', ...Object.keys(columns)]
  const rows = results.map((result) => [
    result.name,
    `${result.fastest} ns`,
    `${result.median} ns`,
    ...Object.values(columns).map((toCell) => toCell(result)),
  ])
  const lines = [head, ...rows].map(([name = '', ...cells]) =>
    [name.padEnd(NAME_WIDTH), ...cells.map((cell) => cell.padStart(CELL_WIDTH))].join(''),
  )
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** A column that compares each result with that of ours of its kind, `<kind>, Plutus`, or with the first one. */
export function toOurs(results: readonly BenchResult[]): (result: BenchResult) => string {
  return ({ name, fastest }) => {
    const ours = `${name.slice(0, name.indexOf(','))}, Plutus`
    const base = results.find((result) => result.name === ours) ?? results[0]
    return `${(fastest / (base?.fastest ?? Number.NaN)).toFixed(2)}x`
  }
}
