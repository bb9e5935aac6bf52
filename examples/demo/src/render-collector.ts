import type { CollectorReport } from './collector.ts'
import type { FiringAlert } from './evaluate-alerts.ts'
import { firesAtItsNumber, type AlertReport } from './fail-logins.ts'
import { isAsSampled } from './judge-traces.ts'
import { wrap, type Page } from './layout.ts'
import { renderHeading } from './render-report.ts'

const STORY =
  'The service sent everything to a collector that plutus collector run started by the policy. It masked again, divided the records by class, archived what must not be lost, and kept all traces with a payment, a login, an error or a slow request, and a tenth of the others.'
const DAYS_PER_YEAR = 365

/** Prints what came out of the collector, by class. */
export function renderCollectorReport(report: CollectorReport, page: Page): string[] {
  const { taken, classes, traces, alert, isStored } = report
  const { kept, others } = traces
  const tick = (isMet: boolean, text: string): string =>
    `  ${isMet ? page.paint('green', '✔') : page.paint('red', '✘')} ${text}`
  const rows = classes.map(({ name, arrived, archived, isSampled, searchableDays, archiveDays }) => [
    name,
    String(arrived),
    archived === undefined ? '–' : String(archived),
    isSampled ? `below WARN, ${100 - traces.rate * 100} %` : 'never',
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
    `  In:  ${taken.records} records, ${taken.spans} spans`,
    `  Out: ${classes.reduce((sum, { arrived }) => sum + arrived, 0)} records, ${traces.spans} spans in ${traces.arrived} traces`,
    '',
    tick(isStored, 'what must not be lost is at the backend and in the archive'),
    tick(
      kept.arrived === kept.told,
      `${kept.arrived} of ${kept.told} traces that a record keeps are here${kept.missing.length > 0 ? `; not that of ${kept.missing.join(', ')}` : ''}`,
    ),
    tick(traces.torn === 0, traces.torn === 0 ? 'each trace is whole' : `${traces.torn} traces are torn`),
    tick(
      isAsSampled(traces),
      `${others.arrived} of ${others.made} other requests are here; the policy keeps ${traces.rate * 100} %`,
    ),
    ...renderAlert(alert, tick, page),
  ]
}

function renderAlert(
  { reaches, below, at }: AlertReport,
  tick: (isMet: boolean, text: string) => string,
  page: Page,
): string[] {
  if (below === undefined || at === undefined) {
    return [page.paint('dim', '  – alerts: promtool, which would say what fires, is not built here')]
  }
  return [
    tick(firesAtItsNumber({ reaches, below, at }), `${reaches - 1} failed logins: ${showAlerts(below)}`),
    tick(firesAtItsNumber({ reaches, below, at }), `${reaches} failed logins: ${showAlerts(at)}`),
  ]
}

function showAlerts(alerts: readonly FiringAlert[]): string {
  if (alerts.length === 0) return 'no alert'
  return alerts.map(({ name, description }) => `${name} (${description})`).join(', ')
}

function showDays(days: number): string {
  return days % DAYS_PER_YEAR === 0 ? `${days / DAYS_PER_YEAR} years` : `${days} days`
}
