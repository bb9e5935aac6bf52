import { fileURLToPath } from 'node:url'
import {
  createDatabase,
  isFull,
  runProgram,
  services,
  startProgram,
  startReceiver,
  waitFor,
  type OwnDatabase,
  type Program,
} from '@plutus/test-kit'
import { describe, expect, it } from 'vitest'
import type { TestContext } from 'vitest'

const MAIN = fileURLToPath(new URL('../../../examples/demo/src/main.ts', import.meta.url))
const MOST_MILLIS = 180_000
const TRACE_ID = /[0-9a-f]{32}/

interface ShownLog {
  readonly body: unknown
  readonly traceId: string
}

interface ShownEvent {
  readonly name: string
  readonly class: string
  readonly severityText: string
  readonly traceId: string
  readonly attributes: Readonly<Record<string, unknown>>
}

interface ShownSpan {
  readonly name: string
  readonly kind: string
  readonly durationMillis: number
  readonly attributes: Readonly<Record<string, unknown>>
  readonly logs: readonly ShownLog[]
  readonly events: readonly ShownEvent[]
  readonly children: readonly ShownSpan[]
}

interface ShownReport {
  readonly isComplete: boolean
  readonly checks: readonly { readonly text: string; readonly isMet: boolean }[]
  readonly operations: readonly { readonly group: string; readonly name: string; readonly count: number }[]
  readonly metrics: readonly { readonly name: string }[]
  readonly events: readonly { readonly dataClass: string; readonly name: string; readonly count: number }[]
  readonly scenarios: readonly ShownScenario[]
}

interface ShownScenario {
  readonly name: string
  readonly request: { readonly status: number; readonly correlationId?: string }
  readonly trace?: { readonly traceId: string; readonly roots: readonly ShownSpan[] }
}

const scenarioOf = ({ scenarios }: ShownReport, wanted: string): ShownScenario | undefined =>
  scenarios.find(({ name }) => name === wanted)
const spansOf = (scenario: ShownScenario | undefined): ShownSpan[] => scenario?.trace?.roots.flatMap(flatten) ?? []
const eventsOf = (report: ShownReport, wanted: string): ShownEvent[] =>
  spansOf(scenarioOf(report, wanted)).flatMap(({ events }) => events)
const flatten = (span: ShownSpan): ShownSpan[] => [span, ...span.children.flatMap(flatten)]

/** A database for the demo, where there is a server. Without, and where it is killed, a PostgreSQL in memory is shown. */
async function openDatabase(onTestFinished: TestContext['onTestFinished']): Promise<OwnDatabase | undefined> {
  if (!services.postgres.available) return undefined
  const database = await createDatabase()
  onTestFinished(() => database.drop())
  return database
}

const onDatabase = (database: OwnDatabase | undefined): Record<string, string> =>
  database ? { DATABASE_URL: database.url } : {}

function startDemo(
  onTestFinished: TestContext['onTestFinished'],
  args: readonly string[],
  ready: string,
  env: Record<string, string> = {},
): Program {
  const program = startProgram({ file: MAIN, hook: 'none', args, env, ready, timeoutMillis: MOST_MILLIS })
  onTestFinished(() => program.stop())
  return program
}

async function isGone(url: string): Promise<boolean> {
  return await fetch(`${url}/health`).then(
    () => false,
    () => true,
  )
}

/** Runs the demo to its end, expects that it is content, and gives what it prints with `--json`. */
async function runDemo(args: readonly string[], env: Record<string, string> = {}): Promise<ShownReport> {
  const { code, stdout, stderr } = await runProgram({
    file: MAIN,
    hook: 'none',
    env,
    args: ['--json', ...args],
    timeoutMillis: MOST_MILLIS,
  })
  const report = JSON.parse(stdout) as ShownReport
  expect(report.checks.filter(({ isMet }) => !isMet)).toEqual([])
  expect([code, report.isComplete]).toEqual([0, true])
  expect(stderr).not.toMatch(/error|warning/i)
  return report
}

/** Waits until nothing answers at an address any more. */
async function waitUntilGone(url: string): Promise<void> {
  let gone = false
  const ask = async (): Promise<void> => {
    gone = await isGone(url)
    if (!gone) setTimeout(() => void ask(), 100)
  }
  await ask()
  await waitFor(() => gone, { timeoutMillis: 30_000 })
}

// The other runs have such a trace, too: the demo's own checks ask for it.
const PLAIN = isFull ? ['--plain'] : []

// Each waits for what is on its way: at the same time.
describe.concurrent('the demo', { timeout: MOST_MILLIS }, () => {
  it.each(PLAIN)(
    'tells a payment as one trace with %s: server span, pg spans, the call to Stripe, and the log line',
    async (plain) => {
      const report = await runDemo([plain])
      const { request, trace } = scenarioOf(report, 'payment') ?? {}
      expect(request?.status).toBe(201)
      const [root, ...others] = trace?.roots ?? []
      expect(others).toEqual([])
      expect(root).toMatchObject({ kind: 'SERVER', attributes: { 'http.route': '/payments' } })
      const spans = root ? flatten(root) : []
      const queries = spans.filter(({ attributes }) => attributes['db.system.name'] === 'postgresql')
      expect(queries.map(({ attributes }) => String(attributes['db.query.text']).slice(0, 15))).toEqual(
        expect.arrayContaining(['INSERT INTO pay', 'UPDATE payments']),
      )
      const calls = spans.filter(({ kind, attributes }) => kind === 'CLIENT' && 'url.full' in attributes)
      expect(calls.map(({ attributes }) => new URL(String(attributes['url.full'])).pathname)).toEqual([
        '/v1/payment_intents',
      ])
      expect(spans.flatMap(({ logs }) => logs)).toMatchObject([{ body: 'payment made', traceId: trace?.traceId }])
      expect(trace?.traceId).toMatch(TRACE_ID)
      // By the flag alone: what Stripe answers, who forges its webhooks, what is slow, and the process itself.
      expect(eventsOf(report, 'payment').map(({ name }) => name)).toEqual(
        expect.arrayContaining(['payment.attempt', 'payment.completion']),
      )
      expect(new Set(report.events.map(({ dataClass }) => dataClass))).toEqual(
        new Set(['payment', 'security', 'performance', 'application']),
      )
      const panel = report.operations.filter(({ group }) => group === 'stripe').map(({ name }) => name)
      expect(panel).toEqual(expect.arrayContaining(['stripe.payment_intents.create', 'stripe.refunds.create']))
      expect(spans.map(({ attributes }) => attributes['stripe.account']).filter(Boolean)).toEqual([
        expect.stringMatching(/^acct_/),
      ])

      expect(report.scenarios.map(({ name, trace }) => (trace ? '' : name)).filter(Boolean)).toEqual([])
      expect(report.operations.find(({ name }) => name === 'POST /payments')?.count).toBeGreaterThan(20)
      expect(report.metrics.map(({ name }) => name)).toContain('http.server.request.duration')
    },
  )

  it('tells the events of the service beneath the spans of the same trace', async ({ onTestFinished }) => {
    const report = await runDemo([], onDatabase(await openDatabase(onTestFinished)))
    const payment = scenarioOf(report, 'payment')
    const events = eventsOf(report, 'payment').filter((event) => event.class === 'payment')
    expect(events).toMatchObject([
      { name: 'payment.attempt', attributes: { 'payment.amount': 4999, 'payment.currency': 'eur' } },
      { name: 'payment.completion', attributes: { 'payment.amount': 4999, 'payment.status': 'succeeded' } },
    ])
    expect(new Set(events.map(({ traceId }) => traceId))).toEqual(new Set([payment?.trace?.traceId]))
    const [root] = spansOf(payment)
    expect(root?.attributes['correlation.id']).toBe(payment?.request.correlationId)

    const ofSecurity = eventsOf(report, 'wrong-password').filter((event) => event.class === 'security')
    expect(ofSecurity).toMatchObject([
      {
        name: 'auth.login.failure',
        class: 'security',
        severityText: 'WARN',
        attributes: { 'owasp.event': 'authn_login_fail', 'client.address': '127.0.0.1', 'event.outcome': 'failure' },
      },
    ])
    expect(eventsOf(report, 'admin-refund')).toContainEqual(
      expect.objectContaining({
        name: 'audit.financial.adjustment',
        class: 'audit',
        attributes: expect.objectContaining({
          'audit.action': 'refund',
          'audit.actor.role': 'admin',
          'audit.outcome': 'success',
        }) as unknown,
      }),
    )
    const counts = new Map(report.events.map(({ name, count }) => [name, count]))
    expect(counts.get('auth.login.failure')).toBe(5)
    expect(counts.get('audit.financial.adjustment')).toBe(1)
    expect(counts.get('payment.completion')).toBeGreaterThan(20)
  })

  it('prints the same for people, lets them try more with --keep, and leaves nothing behind', async ({
    onTestFinished,
  }) => {
    const database = await openDatabase(onTestFinished)
    const ready = 'Each request is printed here as a trace.'
    const demo = startDemo(onTestFinished, ['--keep'], ready, onDatabase(database))
    await demo.ready
    const lines = demo.stdout.split('\n')
    expect(demo.stdout).not.toContain('\u001b')
    expect(lines.filter((line) => line.length > 120)).toEqual([])
    expect(lines.filter((line) => /^ {2}[✔✘]/.test(line)).every((line) => line.startsWith('  ✔'))).toBe(true)

    const at = lines.findIndex((line) => line.startsWith('A payment'))
    expect(lines[at]).toMatch(TRACE_ID)
    const tree = lines.slice(at, lines.indexOf('', at + 5))
    const shown = tree.join('\n')
    expect(shown).toMatch(
      /\n {2}POST \/payments +201 .*\n.* correlation [\w-]+.*INSERT.*INSERT INTO payments.*\/v1\/payment_intents → .* 200 .*UPDATE payments/s,
    )
    expect(shown).toMatch(
      / ◆ INFO {2}payment\.attempt {2}49\.99 EUR .* ◆ INFO {2}payment\.completion {2}49\.99 EUR · succ/s,
    )
    expect(shown).toContain(' INFO  payment made')
    for (const heading of [
      'Stripe is down',
      'Wrong passwords',
      'Operations',
      'Requests served',
      'Events',
      'Security',
    ]) {
      expect(demo.stdout).toContain(heading)
    }

    const url = /URL=(http:\S+)/.exec(demo.stdout)?.[1] ?? ''
    expect((await fetch(`${url}/tried-by-hand`)).status).toBe(404)
    const printed = demo.stdout.length
    await waitFor(() => demo.stdout.slice(printed).includes('/tried-by-hand'), { timeoutMillis: 30_000 })

    demo.kill('SIGINT')
    expect(await demo.exited).toMatchObject({ code: 0, signal: null })
    expect(await isGone(url)).toBe(true)
    const schemas = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'plutus_demo%'"
    expect(await database?.ask(schemas)).toEqual(database && [])
  })

  it.each(isFull ? ['--outage'] : [])('loses no event of a confirmed payment with %s', async (outage) => {
    const args = [outage, '--json']
    const { code, stdout } = await runProgram({ file: MAIN, hook: 'none', args, timeoutMillis: MOST_MILLIS })
    const { payments, emitted, stored, delivered, lost } = JSON.parse(stdout) as Record<string, number>
    expect({ code, emitted, delivered, lost }).toEqual({
      code: 0,
      emitted: 2 * (payments ?? 0),
      delivered: emitted,
      lost: 0,
    })
    expect(payments).toBeGreaterThanOrEqual(260)
    expect(stored).toBeGreaterThan(200)
  })

  it('sends to another backend, and takes the service along when it is killed', async ({ onTestFinished }) => {
    const receiver = await startReceiver()
    const demo = startDemo(onTestFinished, ['--endpoint', receiver.httpUrl], 'Telemetry')
    expect(await demo.ready).toContain(receiver.httpUrl)
    const url = /at (http:\S+),/.exec(demo.stdout)?.[1] ?? ''
    await receiver.waitFor(() => receiver.spans.find(({ attributes }) => attributes['http.route'] === '/payments'))
    expect(receiver.spans[0]?.resource).toMatchObject({ 'service.name': 'checkout' })
    expect(await isGone(url)).toBe(false)
    process.kill(demo.pid, 'SIGKILL') // the demo alone, as an impatient person would
    await waitUntilGone(url)
    expect(receiver.malformed).toEqual([])
    await receiver.close()
  })
})
