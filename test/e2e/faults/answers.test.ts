import { isFull, startProgram, startReceiver } from '@plutus/test-kit'
import type { Fault, Receiver } from '@plutus/test-kit'
import { fileURLToPath } from 'node:url'
import { describe, expect, it as baseIt } from 'vitest'
import { runBoth } from './run-both.ts'

// Programs wait here, for an answer or for the next attempt: at the same time, each with a receiver of its own.
const it = baseIt.extend<{ receiver: Receiver }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest wants to see that nothing is taken
  receiver: async ({}, use) => {
    const receiver = await startReceiver()
    await use(receiver)
    await receiver.close()
  },
})

const HTTP = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }
const GRPC = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }
// A busy machine takes its time to start the thread that sends.
const PATIENT = { PLUTUS_EXIT_WAIT_MS: '3000' }
const WAITS = 'telemetry waits in memory meanwhile, the service runs on'

/** Our own engine counts in the same line what is lost by the end. */
const lineOf = (engine: string, what: RegExp, advice: RegExp): RegExp => {
  const lost = String.raw`, lost: (?:(?:spans|log records|data points) \d+(?: \([^()]+\))?(?:, |(?=;|$)))+`
  const then = engine === 'plutus' ? lost : '.*'
  return new RegExp(`${what.source}${then}${advice.source}`)
}

const ENGINES = isFull ? ['plutus', 'upstream'] : ['plutus']

describe.concurrent.each(ENGINES)('one line tells what the endpoint answers, with the engine %s', (engine) => {
  it.for<[what: string, fault: Fault, env: Record<string, string>, told: RegExp, advice: RegExp]>([
    ['401', { status: 401 }, HTTP, /refuses the credentials \(401\)/, /; see OTEL_EXPORTER_OTLP_HEADERS$/],
    ['403', { status: 403 }, HTTP, /refuses the credentials \(403\)/, /; see OTEL_EXPORTER_OTLP_HEADERS$/],
    [
      '404',
      { status: 404 },
      HTTP,
      /has no path \/v1\/\w+ \(404\)/,
      /; see OTEL_EXPORTER_OTLP_ENDPOINT, to which \/v1\/\w+ is appended$/,
    ],
    [
      '413',
      { status: 413 },
      HTTP,
      engine === 'plutus'
        ? /refuses single \w+ for their size \(413\)/ // it has tried all others
        : /refuses requests of this size \(413\)/,
      engine === 'plutus' ? /; see its limit/ : /; lower OTEL_B\w+_MAX_EXPORT_BATCH_SIZE$/,
    ],
    ['429', { status: 429, retryAfter: 30 }, HTTP, /is busy \(429\) and asks to wait 30 s/, /$/],
    ['503', { status: 503 }, HTTP, /is busy \(503\)/, /$/],
    ['500', { status: 500 }, HTTP, /refuses \w+ \(500\)/, /$/],
    [
      'a page for people',
      { body: '<html>', headers: { 'content-type': 'text/html' } },
      HTTP,
      /does not speak http\/protobuf as expected \(HTML\)/,
      /; see OTEL_EXPORTER_OTLP_PROTOCOL/,
    ],
    [
      'nothing',
      { hang: true },
      HTTP,
      /does not answer/,
      /; see OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_TIMEOUT$/,
    ],
    [
      'a cut connection',
      { reset: 'mid-body' },
      HTTP,
      /cannot be reached \((?:ECONNRESET|EPIPE)\)/,
      /; see OTEL_EXPORTER_OTLP_ENDPOINT$/,
    ],
    [
      'UNAUTHENTICATED',
      { status: 401 },
      GRPC,
      /refuses the credentials \(UNAUTHENTICATED\)/,
      /; see OTEL_EXPORTER_OTLP_HEADERS$/,
    ],
    [
      'UNIMPLEMENTED',
      { status: 404 },
      GRPC,
      /has no OTLP service for \w+ \(UNIMPLEMENTED\)/,
      /; see OTEL_EXPORTER_OTLP_ENDPOINT$/,
    ],
    [
      'RESOURCE_EXHAUSTED',
      { status: 413 },
      GRPC,
      engine === 'plutus'
        ? /refuses single \w+ for their size \(RESOURCE_EXHAUSTED\)/
        : /refuses requests of this size or rate \(RESOURCE_EXHAUSTED\)/,
      engine === 'plutus' ? /; see its limit/ : /; lower OTEL_B/,
    ],
    ['UNAVAILABLE', { status: 503, retryAfter: 30 }, GRPC, /is busy \(UNAVAILABLE\) and asks to wait 30 s/, /$/],
    ['nothing over gRPC', { hang: true }, GRPC, /does not answer/, /; see /],
    ['a cut connection over gRPC', { reset: 'before-body' }, GRPC, /cannot be reached(?: \(\w+\))?/, /; see /],
  ])('%s', async ([_what, fault, env, told, advice], { receiver }) => {
    receiver.respond(fault)
    const lines = await runBoth({
      program: 'payment.mjs',
      args: ['3'],
      receiver,
      env: { PLUTUS_ENGINE: engine, ...env },
    })
    expect(lines).toEqual([expect.stringMatching(lineOf(engine, told, advice))])
    expect(lines[0]).toContain(new URL(env === GRPC ? receiver.grpcUrl : receiver.httpUrl).host)
  })

  it('a port that speaks another protocol', async ({ receiver }) => {
    const toHttp = await runBoth({
      program: 'payment.mjs',
      env: { ...PATIENT, PLUTUS_ENGINE: engine, ...GRPC, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.httpUrl },
    })
    expect(toHttp).toEqual([
      expect.stringMatching(
        lineOf(engine, /does not speak grpc as expected \(\w+\)/, /; see OTEL_EXPORTER_OTLP_PROTOCOL/),
      ),
    ])
    const toGrpc = await runBoth({
      program: 'payment.mjs',
      env: { ...PATIENT, PLUTUS_ENGINE: engine, ...HTTP, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.grpcUrl },
    })
    expect(toGrpc).toEqual([
      expect.stringMatching(
        lineOf(engine, /does not speak http\/protobuf as expected \(\w+\)/, /; see OTEL_EXPORTER_OTLP_PROTOCOL/),
      ),
    ])
  })

  it.each([HTTP, GRPC])(
    'a certificate that nothing vouches for, over $OTEL_EXPORTER_OTLP_PROTOCOL',
    async (protocol) => {
      const secure = await startReceiver({ tls: 'server' })
      try {
        const endpoint = protocol === GRPC ? secure.grpcUrl : secure.httpUrl
        const env = { ...PATIENT, PLUTUS_ENGINE: engine, ...protocol, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }
        const lines = await runBoth({ program: 'payment.mjs', env })
        expect(lines).toEqual([
          expect.stringMatching(
            lineOf(
              engine,
              /^plutus: the certificate of https:\/\/\S+ is not trusted \(\w+\)/,
              /; see OTEL_EXPORTER_OTLP_CERTIFICATE$/,
            ),
          ),
        ])
      } finally {
        await secure.close()
      }
    },
  )

  it('tells nothing about an endpoint that is only slow', async ({ receiver }) => {
    receiver.respond({ delayMillis: 100 })
    expect(await runBoth({ program: 'payment.mjs', receiver, env: { PLUTUS_ENGINE: engine } })).toEqual([])
    expect(receiver.spans).toHaveLength(1)
  })
})

it('one line tells what a process and its worker thread lose, though that is over at once', async ({ receiver }) => {
  receiver.respond({ status: 503 })
  const lines = await runBoth({ program: 'brief-thread.cjs', receiver, env: HTTP })
  expect(lines).toEqual([expect.stringMatching(/is busy \(503\), lost: .*spans 2/)])
})

describe.concurrent('a running service', () => {
  const start = (receiver: Receiver, env: Record<string, string>) =>
    startProgram({
      file: fileURLToPath(new URL('programs/service.mjs', import.meta.url)),
      receiver,
      env: { OTEL_LOG_LEVEL: 'warn', OTEL_METRICS_EXPORTER: 'none', ...env },
    })
  const arrivals = (receiver: Receiver): number => receiver.requests.filter(({ signal }) => signal === 'traces').length

  it.for([HTTP, GRPC])(
    'keeps what is refused for later and waits as asked, over $OTEL_EXPORTER_OTLP_PROTOCOL',
    async (env, { receiver }) => {
      receiver.respond({ status: 503, retryAfter: 2 })
      const service = start(receiver, env)
      await service.ready
      await receiver.waitFor(() => arrivals(receiver) === 1)
      const refusedAt = performance.now()
      receiver.respond()
      await receiver.waitFor(() => receiver.spans.some(({ name }) => name === 'start'))
      // Not a measure of speed: less would mean that the wait was not kept.
      expect(performance.now() - refusedAt).toBeGreaterThan(1900)
      service.endInput()
      // Nothing is lost, and it is over too soon to be worth a line.
      expect((await service.exited).stderr).toBe('')
      expect(receiver.spans.map(({ name }) => name)).toEqual(['start', 'end'])
    },
  )

  it.for([HTTP, GRPC])(
    'tells that the endpoint went and came back, and loses nothing, over $OTEL_EXPORTER_OTLP_PROTOCOL',
    async (env, { receiver }) => {
      await receiver.refuse()
      const service = start(receiver, env)
      await service.ready
      await receiver.waitFor(() => service.stderr.includes('cannot be reached'), { timeoutMillis: 20_000 })
      await receiver.accept()
      await receiver.waitFor(() => service.stderr.includes('takes telemetry again'), { timeoutMillis: 20_000 })
      service.endInput()
      expect((await service.exited).stderr.trim().split('\n')).toEqual([
        expect.stringContaining(WAITS),
        expect.stringMatching(/ takes telemetry again$/),
      ])
      expect(receiver.spans.map(({ name }) => name)).toEqual(['start', 'end'])
    },
  )

  it('does not send twice what was accepted when the endpoint closes idle connections', async ({ receiver }) => {
    const service = start(receiver, {})
    await service.ready
    await receiver.waitFor(() => receiver.spans.length === 1)
    await receiver.refuse()
    await receiver.accept()
    service.endInput()
    expect((await service.exited).stderr).toBe('')
    expect(receiver.spans.map(({ name }) => name)).toEqual(['start', 'end'])
  })
})
