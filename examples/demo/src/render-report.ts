import { cut, pad, showMillis, wrap, type Page } from './layout.ts'
import type { OperationSummary } from './operations.ts'
import type { EventSummary } from './events.ts'
import { levelOf } from './render-record.ts'
import { renderTrace } from './render-trace.ts'
import type { Check, Report, TracedScenario } from './report.ts'

const GROUP_TITLES = {
  served: 'Requests served',
  stripe: 'Calls to Stripe',
  database: 'Database',
  called: 'HTTP requests to others',
} as const
const CLASS_TITLES: Readonly<Record<string, string>> = {
  payment: 'Payments',
  security: 'Security',
  audit: 'Audit',
  performance: 'Performance',
  application: 'Process',
}
const NUMBER_WIDTH = 9
const MAX_OPERATIONS = 12

/** Prints what arrived, for people. */
export function renderReport(report: Report, page: Page): string[] {
  return [
    ...report.scenarios.flatMap((scenario) => renderScenario(scenario, page)),
    ...renderOperations(report.operations, page),
    ...renderEvents(report.events, page),
    '',
    ...renderTotals(report, page),
    '',
    ...report.checks.map((check) => renderCheck(check, page)),
  ]
}

/** A heading with a rule as wide as the page. */
export function renderHeading(title: string, aside: string, { paint, width }: Page): string[] {
  const left = cut(title, width - aside.length - 2)
  return [
    '',
    paint('bold', left) + paint('dim', pad(aside, width - left.length, 'left')),
    paint('dim', '─'.repeat(width)),
  ]
}

function renderScenario({ title, hint, trace, exchange }: TracedScenario, page: Page): string[] {
  const { paint, width } = page
  const heading = renderHeading(title, trace ? `trace ${trace.traceId}` : '', page)
  const hints = wrap(hint, width - 2).map((line) => paint('dim', `  ${line}`))
  if (trace === undefined) {
    const request = `${exchange.method} ${exchange.path}`
    return [...heading, ...hints, paint('red', `  No trace of ${request} has arrived (answer ${exchange.status}).`)]
  }
  return [...heading, ...hints, '', ...renderTrace(trace, page)]
}

function renderOperations(operations: readonly OperationSummary[], page: Page): string[] {
  const { paint, width } = page
  const figures = ['count', 'errors', 'retries', 'p50', 'p95']
  const nameWidth = width - 2 - figures.length * NUMBER_WIDTH
  const lines = renderHeading('Operations', 'all traffic', page)
  for (const group of ['served', 'stripe', 'database', 'called'] as const) {
    const rows = operations.filter((row) => row.group === group)
    if (rows.length === 0) continue
    const head = pad(GROUP_TITLES[group], nameWidth) + figures.map((name) => pad(name, NUMBER_WIDTH, 'left')).join('')
    lines.push(paint('dim', `  ${head}`))
    for (const row of rows.slice(0, MAX_OPERATIONS)) lines.push(`  ${renderOperation(row, nameWidth, page)}`)
    if (rows.length > MAX_OPERATIONS) lines.push(paint('dim', `  and ${rows.length - MAX_OPERATIONS} more`))
  }
  return lines
}

function renderOperation(row: OperationSummary, nameWidth: number, { paint }: Page): string {
  const errors = pad(row.errors === 0 ? '·' : String(row.errors), NUMBER_WIDTH, 'left')
  const retries = pad(row.retries === 0 ? '·' : String(row.retries), NUMBER_WIDTH, 'left')
  return (
    pad(cut(row.name, nameWidth - 1), nameWidth) +
    pad(String(row.count), NUMBER_WIDTH, 'left') +
    paint(row.errors > 0 ? 'red' : 'dim', errors) +
    paint('dim', retries) +
    pad(showMillis(row.p50Millis), NUMBER_WIDTH, 'left') +
    pad(showMillis(row.p95Millis), NUMBER_WIDTH, 'left')
  )
}

function renderEvents(events: readonly EventSummary[], page: Page): string[] {
  const { paint, width } = page
  const nameWidth = width - 2 - 3 * NUMBER_WIDTH
  const lines = renderHeading('Events', 'by class; told again: the same record id', page)
  for (const [at, { dataClass, name, count, toldAgain, severityNumber }] of events.entries()) {
    if (events[at - 1]?.dataClass !== dataClass) {
      const figures = at === 0 ? ['count', 'again', 'highest'].map((text) => pad(text, NUMBER_WIDTH, 'left')) : []
      lines.push(paint('dim', `  ${pad(CLASS_TITLES[dataClass] ?? dataClass, nameWidth)}${figures.join('')}`.trimEnd()))
    }
    const level = levelOf(severityNumber)
    lines.push(
      `  ${pad(cut(`  ${name}`, nameWidth - 1), nameWidth)}` +
        pad(String(count), NUMBER_WIDTH, 'left') +
        paint('dim', pad(toldAgain === 0 ? '·' : String(toldAgain), NUMBER_WIDTH, 'left')) +
        paint(level.style, pad(level.text.trim(), NUMBER_WIDTH, 'left')),
    )
  }
  return lines
}

function renderTotals({ counts, events, metrics }: Report, { paint, width }: Page): string[] {
  const kilobytes = Math.round(counts.bytes / 1000).toLocaleString('en')
  const names = metrics.map(({ name, series }) => `${name} (${series})`).join(', ')
  const rows = [
    ['Traces', `${counts.traces} with ${counts.spans} spans`],
    ['Logs', `${counts.logs} records, ${counts.tracedLogs} with the trace id of their request`],
    ['Events', `${counts.events}, of ${events.length} names`],
    ['Metrics', `${counts.metrics}, with their number of series: ${names}`],
    ['Exports', `${counts.requests} OTLP requests, ${kilobytes} kB`],
  ] as const
  return rows.flatMap(([name, text]) =>
    wrap(text, width - 12).map((line, at) => `  ${paint('bold', pad(at === 0 ? name : '', 10))}${line}`),
  )
}

function renderCheck({ text, isMet }: Check, { paint }: Page): string {
  return `  ${isMet ? paint('green', '✔') : paint('red', '✘')} ${text}`
}
