import { wrap, type Page } from './layout.ts'
import type { OutageReport } from './outage.ts'
import { renderHeading } from './render-report.ts'

const STORY =
  'The receiver stopped while customers paid, and in the middle of it the service was killed by SIGKILL. Both were started again, and the new process delivered what the old one had kept on disk.'

/** Prints what became of the events of an outage. */
export function renderOutage(report: OutageReport, page: Page): string[] {
  const { payments, emitted, stored, delivered, twice, lost, spool } = report
  const rows: [string, number, string][] = [
    ['emitted', emitted, `payment.attempt and payment.completion of ${payments} payments that the service confirmed`],
    ['stored', stored, 'payment, security and audit records on disk when it was dead'],
    ['delivered', delivered, 'of those emitted'],
    ['twice', twice, 'records, each to be told by its log.record.uid'],
    ['lost', lost, ''],
  ]
  const width = Math.max(...rows.map(([, count]) => String(count).length))
  const isGood = lost === 0
  return [
    ...renderHeading('An outage', '', page),
    ...wrap(STORY, page.width - 2).map((line) => page.paint('dim', `  ${line}`)),
    '',
    ...rows.map(([name, count, about]) => `  ${name.padEnd(10)}${String(count).padStart(width)}  ${about}`.trimEnd()),
    '',
    page.paint('dim', '  plutus spool ls, when the service was dead:'),
    ...spool
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`),
    '',
    `  ${isGood ? page.paint('green', '✔') : page.paint('red', '✘')} no event of a confirmed payment is lost`,
  ]
}
