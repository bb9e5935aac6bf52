import type { ReceivedLog, ReceivedSpan, SpanNode, Trace } from '@plutus/test-kit'
import { cut, pad, showMillis, toLine, type Page } from './layout.ts'
import { nameOperation } from './operations.ts'
import { renderRecord } from './render-record.ts'

/** A span as it is printed: with what the framework's own spans below it have to tell. */
interface ShownNode {
  readonly span: ReceivedSpan
  readonly isOrphan: boolean
  readonly failures: readonly string[]
  readonly logs: readonly ReceivedLog[]
  readonly children: readonly ShownNode[]
}

/** Where the columns are. */
interface Columns {
  readonly label: number
  readonly bar: number
}

const RESULT_WIDTH = 6
const DURATION_WIDTH = 8
const GAPS = 4
const INDENT = '  '
const MIN_SPAN_WIDTH = 20
// Express and its router write a span for each step of the way to the handler.
const FRAMEWORK = /instrumentation-(?:express|router|connect|koa|hapi|fastify|restify|nestjs-core)$/
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/**
 * Prints a trace as a tree: what was done, its result, how long it took and when in the trace, with its details, log
 * records and events beneath. Spans of the web framework's own steps are left out; what they tell stands at their parent.
 */
export function renderTrace(trace: Trace, page: Page): string[] {
  const folded = { count: 0 }
  const roots = trace.roots.flatMap((root) => fold(root, folded))
  const bar = page.width >= 115 ? 28 : 22
  const columns = { bar, label: page.width - INDENT.length - RESULT_WIDTH - DURATION_WIDTH - bar - 2 - GAPS }
  const lines = roots.flatMap((root) => renderNode(root, '', '', { trace, page, columns }))
  for (const log of trace.looseLogs) lines.push(renderLog(log, '', { trace, page, columns }))
  if (folded.count > 0) {
    const spans = folded.count === 1 ? 'one span of the web framework' : `${folded.count} spans of the web framework`
    lines.push(page.paint('dim', `${spans} not shown`))
  }
  return lines.map((line) => INDENT + line)
}

function fold({ span, children, logs, isOrphan }: SpanNode, folded: { count: number }): ShownNode[] {
  const inner = children.flatMap((child) => fold(child, folded))
  const steps = inner.filter((child) => isFrameworkStep(child.span))
  const node = {
    span,
    isOrphan,
    failures: [...new Set([...describeFailure(span), ...steps.flatMap(({ failures }) => failures)])],
    logs: [...logs, ...steps.flatMap((step) => step.logs)].sort(byTime),
    children: inner.filter((child) => !steps.includes(child)),
  }
  if (!isFrameworkStep(span)) return [node]
  folded.count++
  // Its failures and records go up to the parent, beside what was below it.
  return [{ ...node, children: [] }, ...node.children]
}

function byTime(a: ReceivedLog, b: ReceivedLog): number {
  return Number((a.timeUnixNano || a.observedTimeUnixNano) - (b.timeUnixNano || b.observedTimeUnixNano))
}

function isFrameworkStep({ kind, scope }: ReceivedSpan): boolean {
  return kind === 'INTERNAL' && FRAMEWORK.test(scope.name)
}

interface Frame {
  readonly trace: Trace
  readonly page: Page
  readonly columns: Columns
}

function renderNode(node: ShownNode, fullBranch: string, fullBelow: string, frame: Frame): string[] {
  const { span, failures, logs, children } = node
  // However deep a trace is, a span keeps room for its name: the tree loses its left side.
  const room = frame.columns.label - MIN_SPAN_WIDTH
  const [branch, below] = [fullBranch, fullBelow].map((prefix) => prefix.slice(-room)) as [string, string]
  const { paint } = frame.page
  const inner = children.length > 0 ? '│ ' : '  '
  const details = [...describe(span), ...(node.isOrphan ? ['its parent is elsewhere'] : [])]
  return [
    renderSpan(span, branch, frame),
    ...details.map((detail) => paint('dim', below + inner + cut(detail, roomFor(below + inner, frame)))),
    ...failures.map((text) => below + inner + paint('red', cut(text, roomFor(below + inner, frame)))),
    ...logs.map((log) => renderLog(log, below + inner, frame)),
    ...children.flatMap((child, at) => {
      const isLast = at === children.length - 1
      return renderNode(child, fullBelow + (isLast ? '└─ ' : '├─ '), fullBelow + (isLast ? '   ' : '│  '), frame)
    }),
  ]
}

function renderSpan(span: ReceivedSpan, branch: string, { trace, page, columns }: Frame): string {
  const { paint } = page
  const isError = span.status.code === 'ERROR'
  const style = isError ? 'red' : STYLES[span.kind]
  const room = Math.max(MIN_SPAN_WIDTH, columns.label - branch.length)
  const label = paint(['bold', style], cut(toLine(labelOf(span)), room))
  const result = resultOf(span)
  const shownResult = paint(isError ? 'red' : 'dim', pad(cut(result, RESULT_WIDTH), RESULT_WIDTH, 'left'))
  const duration = pad(showMillis(span.durationMillis), DURATION_WIDTH, 'left')
  const offset = Number(span.startTimeUnixNano - trace.startTimeUnixNano) / 1e6
  const bar = paint(style, drawBar(offset, span.durationMillis, trace.durationMillis, columns.bar))
  return `${paint('dim', branch)}${pad(label, columns.label - branch.length)} ${shownResult} ${duration}  ▕${bar}▏`
}

const STYLES = { SERVER: 'green', CLIENT: 'blue', INTERNAL: 'cyan', PRODUCER: 'magenta', CONSUMER: 'magenta' } as const

/** A bar from `offset` for `length` on a scale of `total` that is `width` columns long; an eighth of one at least. */
export function drawBar(offset: number, length: number, total: number, width: number): string {
  const scale = total > 0 ? (width * 8) / total : 0
  const start = Math.min(Math.max(0, Math.floor(offset * scale)), width * 8 - 1)
  const end = Math.min(Math.max(start + 1, Math.round((offset + length) * scale)), width * 8)
  // Blocks fill from the left only, so a bar begins at a whole column.
  const from = Math.floor(start / 8)
  const full = Math.max(0, Math.floor(end / 8) - from)
  const rest = EIGHTHS[Math.floor(end / 8) > from || end % 8 > 0 ? end % 8 : 1] ?? ''
  return pad(' '.repeat(from) + '█'.repeat(full) + rest, width)
}

function labelOf(span: ReceivedSpan): string {
  const server = span.attributes['server.address']
  const isCall = span.kind === 'CLIENT' && span.attributes['url.full'] !== undefined
  const name = nameOperation(span)
  return isCall && typeof server === 'string' ? `${name} → ${nameServer(server, span.attributes['server.port'])}` : name
}

function nameServer(address: string, port: unknown): string {
  return typeof port === 'number' && port !== 443 && port !== 80 ? `${address}:${port}` : address
}

function resultOf({ attributes, status }: ReceivedSpan): string {
  const code = attributes['http.response.status_code'] ?? attributes['db.response.status_code']
  if (typeof code === 'number' || typeof code === 'string') return String(code)
  return status.code === 'ERROR' ? 'error' : ''
}

/** What is worth reading beyond the name, one text a line. */
function describe({ attributes, kind }: ReceivedSpan): string[] {
  const statement = attributes['db.query.text']
  if (typeof statement === 'string') return [toLine(statement)]
  if (attributes['stripe.request_id'] !== undefined) return [describeStripe(attributes)]
  if (kind !== 'SERVER') return []
  const told = [
    ['from ', textOf(attributes, 'client.address')],
    ['correlation ', textOf(attributes, 'correlation.id')],
    ['user ', textOf(attributes, 'user.id')],
    ['agent ', textOf(attributes, 'user_agent.original')],
  ]
  const line = told.flatMap(([name, text]) => (text ? [`${name}${text}`] : [])).join(' · ')
  return [targetOf(attributes), line].filter((text) => text !== '')
}

/** By what Stripe finds the call, whose account it is about, and what it took. */
function describeStripe(attributes: ReceivedSpan['attributes']): string {
  const retries = attributes['stripe.retry.count']
  const told = [
    ['request ', textOf(attributes, 'stripe.request_id')],
    ['account ', textOf(attributes, 'stripe.account')],
    ['retries ', typeof retries === 'number' ? String(retries) : ''],
  ]
  return told.flatMap(([name, text]) => (text ? [`${name}${text}`] : [])).join(' · ')
}

/** Path and query as they were sent, unless the route says the same. */
function targetOf(attributes: ReceivedSpan['attributes']): string {
  const path = textOf(attributes, 'url.path')
  const query = textOf(attributes, 'url.query')
  if (query === '') return path === attributes['http.route'] ? '' : path
  return `${path}?${query}`
}

function describeFailure({ attributes, events, status }: ReceivedSpan): string[] {
  const exceptions = events
    .filter(({ name }) => name === 'exception')
    .map(({ attributes }) => `${textOf(attributes, 'exception.type')}: ${textOf(attributes, 'exception.message')}`)
  if (status.code !== 'ERROR' || exceptions.length > 0) return exceptions
  const type = textOf(attributes, 'error.type')
  // For HTTP that is the status, which stands in the line above.
  const told = [/^\d{3}$/.test(type) ? '' : type, toLine(status.message ?? '')].filter((text) => text !== '')
  return told.length > 0 ? [told.join(': ')] : []
}

function renderLog(log: ReceivedLog, below: string, frame: Frame): string {
  return frame.page.paint('dim', below) + renderRecord(log, roomFor(below, frame), frame.page)
}

function textOf(attributes: Readonly<Record<string, unknown>>, key: string): string {
  const value = attributes[key]
  return typeof value === 'string' ? toLine(value) : ''
}

function roomFor(before: string, { page }: Frame): number {
  return Math.max(MIN_SPAN_WIDTH, page.width - INDENT.length - before.length)
}
