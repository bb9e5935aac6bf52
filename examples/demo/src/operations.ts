import type { ReceivedSpan } from '@plutus/test-kit'

/** Spans of one operation, in sum. */
export interface OperationSummary {
  readonly group: 'served' | 'stripe' | 'database' | 'called'
  readonly name: string
  readonly count: number
  readonly errors: number
  /** Attempts beyond the first, of calls that may be tried again. */
  readonly retries: number
  /** Half of them took at most this long. */
  readonly p50Millis: number
  readonly p95Millis: number
}

const GROUPS: readonly OperationSummary['group'][] = ['served', 'stripe', 'database', 'called']
// Ids such as pi_3Pq… and UUIDs: one operation, whatever object it is about.
const ID_SEGMENT = /\/(?:[a-z]+_[A-Za-z0-9]{8,}|[0-9a-f]{8}-[0-9a-f-]{27})(?=\/|$)/g

/** Sums up served requests, calls to Stripe, database commands and requests to others, each group by count. */
export function summarizeOperations(spans: readonly ReceivedSpan[]): OperationSummary[] {
  const byName = new Map<string, { group: OperationSummary['group']; name: string; spans: ReceivedSpan[] }>()
  for (const span of spans) {
    const group = groupOf(span)
    if (group === undefined) continue
    const name = nameOperation(span)
    const key = `${group} ${name}`
    const entry = byName.get(key) ?? { group, name, spans: [] }
    byName.set(key, entry)
    entry.spans.push(span)
  }
  return [...byName.values()]
    .map(({ group, name, spans }) => {
      const durations = spans.map(({ durationMillis }) => durationMillis).sort((a, b) => a - b)
      const errors = spans.filter(({ status }) => status.code === 'ERROR').length
      const retries = spans.reduce((sum, { attributes }) => sum + Number(attributes['stripe.retry.count'] ?? 0), 0)
      const [p50Millis, p95Millis] = [percentile(durations, 0.5), percentile(durations, 0.95)]
      return { group, name, count: spans.length, errors, retries, p50Millis, p95Millis }
    })
    .sort(
      (a, b) => GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group) || b.count - a.count || (a.name < b.name ? -1 : 1),
    )
}

/** What a span is called for people: HTTP clients' spans are named by their method alone. */
export function nameOperation({ name, kind, attributes }: ReceivedSpan): string {
  const url = attributes['url.full']
  if (kind !== 'CLIENT' || typeof url !== 'string' || !URL.canParse(url) || name.includes('/')) return name
  return `${name} ${new URL(url).pathname.replaceAll(ID_SEGMENT, '/:id')}`
}

/** The smallest of ascending values that `share` of them do not exceed; 0 of none. */
export function percentile(ascending: readonly number[], share: number): number {
  return ascending[Math.max(0, Math.ceil(ascending.length * share) - 1)] ?? 0
}

function groupOf({ kind, name, attributes }: ReceivedSpan): OperationSummary['group'] | undefined {
  if (kind === 'SERVER') return 'served'
  if (kind === 'CLIENT' && name.startsWith('stripe.')) return 'stripe'
  if (attributes['db.query.text'] !== undefined || attributes['db.operation.name'] !== undefined) return 'database'
  return attributes['http.request.method'] === undefined ? undefined : 'called'
}
