import { showEndpoint } from './endpoint.ts'
import { cut, pad, showMillis, toLine, wrap, type Page } from './layout.ts'
import type { Stage } from './stage.ts'
import type { TrafficSummary } from './traffic.ts'

const NAME_WIDTH = 11
const BORDER = '  │ '
const MAX_STDERR_LINES = 8

/** Prints what has been started. */
export function renderOpening(stage: Stage, endpoint: URL | undefined, page: Page): string[] {
  const about =
    stage.example === 'examples/checkout'
      ? 'without a line about telemetry'
      : 'with business, security and audit events'
  const telemetry = endpoint ? showEndpoint(endpoint) : `${stage.receiver?.httpUrl} (the receiver of this demo)`
  return [
    ...renderRows(
      [
        ['Service', `${stage.example} at ${stage.checkoutUrl}, ${about}`],
        ['Started by', 'node --require @plutus/otel-register src/server.ts'],
        ['Telemetry', telemetry],
        ['Database', stage.database],
        ['Stripe', `a stand-in at ${stage.stripe.url}`],
      ],
      page,
    ),
    ...renderStandardError(stage.service.stderr, page),
  ]
}

/** Prints what the service wrote to standard error: the hook's own lines. */
export function renderStandardError(text: string, page: Page): string[] {
  const lines = text
    .split('\n')
    .flatMap((line) => (line.trim() === '' ? [] : wrap(toLine(line), page.width - BORDER.length)))
  const rest = lines.length - MAX_STDERR_LINES
  const shown = [...lines.slice(0, MAX_STDERR_LINES), ...(rest > 0 ? [`and ${rest} more lines`] : [])]
  return shown.map((line) => page.paint('dim', BORDER + cut(line, page.width - BORDER.length)))
}

/** Prints what was sent. */
export function renderTraffic({ requests, seconds, statuses }: TrafficSummary, page: Page): string[] {
  const counts = Object.entries(statuses).map(
    ([status, count]) => `${count} × ${status === '0' ? 'no answer' : status}`,
  )
  return renderRows([['Traffic', `${requests} requests in ${showMillis(seconds * 1000)}: ${counts.join(', ')}`]], page)
}

/** Prints where to go from here. */
export function renderNextSteps(endpoint: URL | undefined, page: Page): string[] {
  return [
    '',
    page.paint('bold', 'Next'),
    ...renderRows(
      [
        ['Your own', 'node --require @plutus/otel-register app.js'],
        [
          'Backend',
          endpoint
            ? `look for the service "checkout" at ${endpoint.host}`
            : 'pnpm demo --endpoint http://localhost:4318',
        ],
        ['The flag', 'pnpm demo --plain shows what it brings to a service without a line about telemetry'],
        ['Play', 'pnpm demo --keep leaves the service running and prints each request as a trace'],
        ['Outage', 'pnpm demo --outage stops the receiver, kills the service under load and counts what is lost'],
        ['Read', 'README.md and examples/demo/README.md'],
      ],
      page,
    ),
  ]
}

/** Prints what to try while the service is left running. */
export function renderInvitation({ checkoutUrl, password }: Stage, isWatched: boolean, page: Page): string[] {
  const json = "-H 'content-type: application/json'"
  const order = '{"amount":4999,"currency":"eur","paymentMethod":"pm_card_visa"}'
  return [
    '',
    page.paint('bold', 'Still running; Ctrl-C ends it. To try, line by line:'),
    `  URL=${checkoutUrl}`,
    `  TOKEN=$(curl -s $URL/login ${json} \\`,
    `    -d '{"email":"admin@example.com","password":"${password}"}' | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')`,
    `  curl $URL/payments -H "authorization: Bearer $TOKEN" ${json} \\`,
    `    -d '${order}'`,
    '  curl $URL/admin -H "authorization: Bearer $TOKEN"',
    '  curl $URL/nothing-here',
    ...(isWatched ? ['', 'Each request is printed here as a trace.'] : []),
  ]
}

function renderRows(rows: readonly (readonly [name: string, text: string])[], { paint, width }: Page): string[] {
  return rows.map(([name, text]) => `  ${paint('bold', pad(name, NAME_WIDTH))}${cut(text, width - NAME_WIDTH - 2)}`)
}
