import type { CollectorReport } from './collector.ts'
import { wrap, type Page } from './layout.ts'
import { renderHeading } from './render-report.ts'

const STORY =
  'The service sent everything to a collector that plutus collector run started by the policy. It masked again, divided the records by class, archived what must not be lost, and kept a tenth of the traces beside all that failed, were slow or asked to be kept.'
const DAYS_PER_YEAR = 365

/** Prints what came out of the collector, by class. */
export function renderCollectorReport(report: CollectorReport, page: Page): string[] {
  const { taken, classes, traces, isComplete } = report
  const rows = classes.map(({ name, arrived, archived, isSampled, searchableDays, archiveDays }) => [
    name,
    String(arrived),
    archived === undefined ? '–' : String(archived),
    isSampled ? `below WARN by ${traces.rate * 100} %` : 'never',
    showDays(searchableDays),
    archiveDays === 0 ? '–' : showDays(archiveDays),
  ])
  const table = [['class', 'records', 'archived', 'dropped', 'searchable', 'archive'], ...rows]
  const widths = (table[0] ?? []).map((_title, column) => Math.max(...table.map((row) => (row[column] ?? '').length)))
  const lines = table.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  )
  return [
    ...renderHeading('Through the collector', '', page),
    ...wrap(STORY, page.width - 2).map((line) => page.paint('dim', `  ${line}`)),
    '',
    ...lines.map((line, n) => (n === 0 ? page.paint('bold', line) : line)),
    '',
    `  ${taken.records} records and ${taken.spans} spans went in; ${traces.arrived} traces with ${traces.spans} spans came out`,
    `  ${isComplete ? page.paint('green', '✔') : page.paint('red', '✘')} what must not be lost is at the backend and in the archive`,
  ]
}

function showDays(days: number): string {
  return days % DAYS_PER_YEAR === 0 ? `${days / DAYS_PER_YEAR} years` : `${days} days`
}
