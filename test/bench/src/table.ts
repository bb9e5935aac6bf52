import type { Figures } from './scenarios.ts'

/** Runs of one scenario, by variant, in the order in which they were made. */
export type Runs = ReadonlyMap<string, readonly Figures[]>

/** Renders a scenario: each figure's median by variant, and what it adds to `none` and how it compares with Plutus. */
export function renderScenario(name: string, runs: Runs): string {
  const figures = [...new Set([...runs.values()].flatMap((all) => all.flatMap(Object.keys)))]
  const lines = [...runs].map(([variant, all]) => [variant, ...figures.map((figure) => renderCell(figure, all, runs))])
  const table = [['', ...figures], ...lines]
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? []
  const rendered = table.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
  )
  return [name, ...rendered, ''].join('\n')
}

/** Median of what is finite. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

function renderCell(figure: string, all: readonly Figures[], runs: Runs): string {
  const value = medianOf(all.map((run) => run[figure] ?? Number.NaN))
  const base = runs.get('none')
  // Pair by pair: what the machine does in one round, it does to both.
  const added =
    base === undefined
      ? Number.NaN
      : medianOf(all.map((run, i) => (run[figure] ?? Number.NaN) - (base[i]?.[figure] ?? Number.NaN)))
  const shown = format(value)
  return Number.isFinite(added) && all !== base ? `${shown} (${added >= 0 ? '+' : ''}${format(added)})` : shown
}

function format(value: number): string {
  if (!Number.isFinite(value)) return '-'
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(1)
}
