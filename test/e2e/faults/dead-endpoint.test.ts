import { END_NODES, isFull } from '@plutus/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBlackHole } from './black-hole.ts'
import type { BlackHole } from './black-hole.ts'
import { openDeafServer } from './deaf-server.ts'
import type { DeafServer } from './deaf-server.ts'
import { runBoth } from './run-both.ts'

interface Case {
  readonly node: (typeof END_NODES)[number]
  readonly protocol: 'http/protobuf' | 'grpc'
  /** How long the program lives: it ends at once, or when a batch is already on its way. */
  readonly millis: '0' | '300'
}

// Both ends of the matrix with the harder end of a program, the newest Node with every end and protocol; `test:full` runs all.
const CASES: readonly Case[] = END_NODES.flatMap((node) =>
  (['http/protobuf', 'grpc'] as const).flatMap((protocol) =>
    (['300', '0'] as const).map((millis) => ({ node, protocol, millis })),
  ),
).filter(
  ({ node, protocol, millis }) =>
    isFull || node === END_NODES.at(-1) || (protocol === 'http/protobuf' && millis === '300'),
)
const describeCase = ({ node, protocol, millis }: Case): string =>
  `on Node ${node.label}, over ${protocol}, ending after ${millis} ms`

/** What the line about an endpoint counts. */
const LOST = String.raw`, lost: (?:(?:spans|log records|data points) \d+(?: \([^()]+\))?(?:, |(?=;)))+; see OTEL_EXPORTER_OTLP_ENDPOINT`
const lineOf = (what: string): RegExp => new RegExp(`^plutus: ${what}${LOST}`)

const SILENT = String.raw`http://127\.0\.0\.1:\d+ does not answer`

const SECRETS = { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20secret' }

function environment(endpoint: string, protocol: string): Record<string, string> {
  return {
    ...SECRETS,
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_BSP_SCHEDULE_DELAY: '100',
    OTEL_BLRP_SCHEDULE_DELAY: '100',
    // A busy machine takes its time to start the thread that sends and to look a name up.
    PLUTUS_EXIT_WAIT_MS: '2500',
  }
}

function runPayment({ node, protocol, millis }: Case, endpoint: string): Promise<readonly string[]> {
  return runBoth({ program: 'payment.mjs', node, args: ['3', millis], env: environment(endpoint, protocol) })
}

describe.concurrent('a program ends as without the hook, and one line tells why', () => {
  for (const one of CASES) {
    it(`when connections are refused, ${describeCase(one)}`, async () => {
      const lines = await runPayment(one, 'http://user:secret@127.0.0.1:1')
      expect(lines).toEqual([
        expect.stringMatching(lineOf(String.raw`http://127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED\)`)),
      ])
      // One span, and one log record beside the start and the end of the process.
      expect(lines[0]).toContain('spans 1')
      expect(lines[0]).toContain('log records 3')
      expect(lines[0]).not.toContain('secret')
    })

    it(`when the host has no address, ${describeCase(one)}`, async () => {
      expect(await runPayment(one, 'http://telemetry.invalid:4318')).toEqual([
        expect.stringMatching(
          lineOf(String.raw`http://telemetry\.invalid:4318 cannot be reached \((?:ENOTFOUND|EAI_AGAIN)\)`),
        ),
      ])
    })
  }
})

describe.concurrent('a program ends as without the hook where nobody reads what is sent', () => {
  let server: DeafServer

  beforeAll(async () => {
    server = await openDeafServer()
  })

  afterAll(async () => {
    await server.close()
  })

  for (const { node, protocol, millis } of CASES) {
    it(`in time ${describeCase({ node, protocol, millis })}`, async () => {
      const lines = await runBoth({ program: 'bulk.mjs', node, args: [millis], env: environment(server.url, protocol) })
      expect(lines).toEqual([expect.stringMatching(lineOf(SILENT))])
    })
  }

  it('in time with the wait that it has by default, which is too short to blame anybody', async () => {
    const { PLUTUS_EXIT_WAIT_MS: _longer, ...env } = environment(server.url, 'http/protobuf')
    const lines = await runBoth({ program: 'bulk.mjs', args: ['0'], env })
    // On a busy machine its attempts may have taken a second all the same.
    expect(lines).toEqual([expect.stringMatching(/^plutus: .*\blost: /)])
    expect(lines[0]).toContain(server.url)
    expect(lines[0]).toContain('see OTEL_EXPORTER_OTLP_ENDPOINT')
  })
})

// Elsewhere a full backlog refuses connections.
describe
  .skipIf(process.platform !== 'linux')
  .concurrent('a program ends as without the hook where connections hang (Linux)', () => {
    let hole: BlackHole

    beforeAll(async () => {
      hole = await openBlackHole()
    })

    afterAll(async () => {
      await hole.close()
    })

    for (const one of CASES) {
      it(`in time ${describeCase(one)}`, async () => {
        expect(await runPayment(one, hole.url)).toEqual([expect.stringMatching(lineOf(SILENT))])
      })
    }
  })

it('a program that throws, rejects or ends by process.exit does so as without the hook', async () => {
  for (const program of ['throws.cjs', 'rejects.cjs', 'exits.cjs']) {
    const lines = await runBoth({ program, env: environment('http://127.0.0.1:1', 'http/protobuf') })
    expect(lines).toEqual([
      expect.stringMatching(lineOf(String.raw`http://127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED\)`)),
    ])
  }
})
