import type { LoadResult } from './load.ts'

const PER = 10_000

/** A table of loads: of each figure the median of the rounds, with the least and the most. */
export function tabulateLoads(runs: ReadonlyMap<string, readonly LoadResult[]>): string {
  const columns: readonly (readonly [string, (result: LoadResult) => number, number])[] = [
    ['Records/s', ({ recordsPerSecond }) => recordsPerSecond, 0],
    ['Spans/s', ({ spansPerSecond }) => spansPerSecond, 0],
    ['Out/s', ({ sentPerSecond }) => sentPerSecond, 0],
    ['Cores', ({ cores }) => sumOf(cores), 2],
    ['Cores per 10,000/s', (result) => sumOf(result.cores) / (itemsPerSecond(result) / PER), 2],
    ['Others', ({ othersCores }) => othersCores, 2],
    ['MiB', ({ peakMib }) => sumOf(peakMib), 0],
    ['MiB per 10,000/s', (result) => sumOf(result.peakMib) / (itemsPerSecond(result) / PER), 0],
    ['p99 ms', ({ p99Millis }) => p99Millis, 0],
  ]
  const counts: readonly (readonly [string, (result: LoadResult) => number])[] = [
    ['Refused', ({ refused }) => refused],
    ['Lost', ({ lost }) => lost],
    ['Twice', ({ twice }) => twice],
    ['Wrong', ({ wrong }) => wrong],
  ]
  const rows = [...runs].map(([name, results]) => [
    name,
    ...columns.map(([, figure, digits]) => spread(results.map(figure), digits)),
    ...counts.map(([, figure]) => format(sumOf(results.map(figure)), 0)),
  ])
  const head = ['What', ...columns.map(([title]) => title), ...counts.map(([title]) => title)]
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Records and spans together. */
export function itemsPerSecond({ recordsPerSecond, spansPerSecond }: LoadResult): number {
  return recordsPerSecond + spansPerSecond
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0)
}

function spread(values: readonly number[], digits: number): string {
  const sorted = values.toSorted((a, b) => a - b)
  const [least = Number.NaN, most = Number.NaN] = [sorted[0], sorted.at(-1)]
  const middle = format(medianOf(sorted), digits)
  return sorted.length > 1 ? `${middle} (${format(least, digits)} to ${format(most, digits)})` : middle
}

/** The middle of sorted values. */
export function medianOf(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

function format(value: number, digits: number): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
