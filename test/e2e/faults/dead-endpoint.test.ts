import { NODES } from '@plutus/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBlackHole } from './black-hole.ts'
import type { BlackHole } from './black-hole.ts'
import { openDeafServer } from './deaf-server.ts'
import type { DeafServer } from './deaf-server.ts'
import { runBoth } from './run-both.ts'

interface Case {
  readonly node: (typeof NODES)[number]
  readonly protocol: 'http/protobuf' | 'grpc'
  /** How long the program lives: it ends at once, or when a batch is already on its way. */
  readonly millis: '0' | '300'
}

// Each Node with the harder end, and what is left of the other protocol and end with the newest; `test:full` runs all.
const CASES: readonly Case[] = NODES.flatMap((node) =>
  (['http/protobuf', 'grpc'] as const).flatMap((protocol) =>
    (['300', '0'] as const).map((millis) => ({ node, protocol, millis })),
  ),
).filter(
  ({ node, protocol, millis }) =>
    process.env['MODE'] === 'full' || node === NODES.at(-1) || (protocol === 'http/protobuf' && millis === '300'),
)
const describeCase = ({ node, protocol, millis }: Case): string =>
  `on Node ${node.label}, over ${protocol}, ending after ${millis} ms`

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
      expect(await runPayment(one, 'http://user:secret@127.0.0.1:1')).toEqual([
        'plutus: http://127.0.0.1:1 cannot be reached (ECONNREFUSED), telemetry is lost meanwhile, the service runs on; see OTEL_EXPORTER_OTLP_ENDPOINT',
      ])
    })

    it(`when the host has no address, ${describeCase(one)}`, async () => {
      expect(await runPayment(one, 'http://telemetry.invalid:4318')).toEqual([
        expect.stringMatching(
          /^plutus: http:\/\/telemetry\.invalid:4318 cannot be reached \((?:ENOTFOUND|EAI_AGAIN)\), /,
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
      expect(lines).toEqual([expect.stringMatching(/^plutus: http:\/\/127\.0\.0\.1:\d+ does not answer, /)])
    })
  }
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
        expect(await runPayment(one, hole.url)).toEqual([
          expect.stringMatching(
            /^plutus: http:\/\/127\.0\.0\.1:\d+ does not answer, telemetry is lost meanwhile, the service runs on; see /,
          ),
        ])
      })
    }
  })

it('a program that throws, rejects or ends by process.exit does so as without the hook', async () => {
  for (const program of ['throws.cjs', 'rejects.cjs', 'exits.cjs']) {
    const lines = await runBoth({ program, env: environment('http://127.0.0.1:1', 'http/protobuf') })
    // Whether it lives long enough to try to send, and to hear of the answer, is up to the machine.
    expect(lines.filter((line) => !line.includes(' cannot be reached (ECONNREFUSED)'))).toEqual([])
  }
})
