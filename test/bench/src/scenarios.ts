import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram, startProgram } from '@plutus/test-kit'
import type { Program } from '@plutus/test-kit'
import { load } from './load.ts'
import type { Variant } from './variants.ts'

/** Figures of one run, by name. */
export type Figures = Readonly<Record<string, number>>

/** Where a run sends to and what it may use. */
export interface Stage {
  readonly sinkUrl: string
  readonly databaseUrl: string
  readonly providerPort: string
  readonly seconds: number
}

/** One thing to measure; `none` is measured beside every variant. */
export interface Scenario {
  readonly name: string
  /** How often it runs in one round, where one run is short. @defaultValue 1 */
  readonly repeat?: number
  /** Variants that it says nothing about. */
  readonly skip?: (variant: Variant) => boolean
  run(variant: Variant, stage: Stage): Promise<Figures>
}

const program = (name: string): string => fileURLToPath(new URL(`../programs/${name}.cjs`, import.meta.url))
const WARM_UP_SECONDS = 1
const MAX_WARM_UP_SECONDS = 30
const CONNECTIONS = 16
const BURST = 100_000
const STRIPE_CALLS = 3_000

/** Folders with what earlier runs of a variant compiled. */
const warmCaches = new Map<string, string>()

let folders: string | undefined

/** An empty folder for what a variant keeps; goes with this process. */
function createFolder(prefix: string): string {
  if (folders === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'plutus-bench-'))
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
    folders = folder
  }
  return mkdtempSync(join(folders, prefix))
}

/** Everything that is measured. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'start-up',
    repeat: 5,
    run: async (variant, { sinkUrl }) => {
      const options = { hook: 'none', nodeOptions: variant.nodeOptions } as const
      const envWith = (cache: string): Record<string, string> => ({
        ...variant.env(sinkUrl),
        XDG_CACHE_HOME: cache,
      })
      // Ends at its first line; the other runs to its end, and what observes it sends what it has.
      const first = await runProgram({ ...options, file: program('first-line'), env: envWith(createFolder('cache-')) })
      const known = warmCaches.get(variant.name)
      const env = envWith(known ?? createFolder('cache-'))
      if (known === undefined) {
        // What runs for a few seconds keeps what it compiled.
        await runProgram({ ...options, file: program('seconds'), env })
        warmCaches.set(variant.name, env['XDG_CACHE_HOME'] ?? '')
      }
      const later = await runProgram({ ...options, file: program('first-line'), env })
      const { cpuMicros = Number.NaN, rssBytes = Number.NaN } = readReport(later.stdout)
      const { durationMillis } = await runProgram({ ...options, file: program('empty'), env })
      return {
        'wall ms, to the first line, first start': first.durationMillis,
        'CPU ms, to the first line, first start': (readReport(first.stdout)['cpuMicros'] ?? Number.NaN) / 1000,
        'wall ms, to the first line, later': later.durationMillis,
        'CPU ms, to the first line, later': cpuMicros / 1000,
        'RSS MB, at the first line, later': rssBytes / 1e6,
        'wall ms, to the end, later': durationMillis,
      }
    },
  },
  {
    name: 'hello world',
    run: (variant, stage) =>
      measureServer(variant, stage, { file: program('hello'), path: '/', rate: 2_000, warmUpRequests: 100_000 }),
  },
  {
    name: 'checkout',
    run: (variant, stage) =>
      measureServer(variant, stage, { file: program('checkout'), path: '/pay/7', rate: 300, warmUpRequests: 30_000 }),
  },
  {
    name: 'stripe call',
    run: async (variant, stage) => {
      const options = {
        hook: 'none',
        file: program('stripe'),
        args: [String(STRIPE_CALLS)],
        nodeOptions: variant.nodeOptions,
        env: { ...variant.env(stage.sinkUrl), PROVIDER_PORT: stage.providerPort },
      } as const
      await readCounts(stage.sinkUrl)
      const { stdout } = await runProgram(options)
      await checkExported(variant, stage)
      const { create = Number.NaN, retrieve = Number.NaN } = readReport(stdout)
      return { 'CPU µs/call, payment_intents.create': create, 'CPU µs/call, payment_intents.retrieve': retrieve }
    },
  },
  {
    name: 'log burst',
    skip: ({ speaksOtlp }) => !speaksOtlp,
    run: async (variant, { sinkUrl }) => {
      const options = {
        hook: 'none',
        file: program('logs'),
        args: [String(BURST)],
        nodeOptions: variant.nodeOptions,
        // What Plutus keeps on disk at the end is not to come with another run.
        env: { ...variant.env(sinkUrl), ...variant.logsEnv, XDG_STATE_HOME: createFolder('state-') },
      } as const
      await readCounts(sinkUrl)
      const { stdout } = await runProgram(options)
      const { burstRecords } = await readCounts(sinkUrl)
      if (burstRecords === 0) throw new Error(`${variant.name} sent none of the records: it does not export`)
      const { first = Number.NaN, second = Number.NaN } = readReport(stdout)
      return {
        'main thread µs/record, first burst': first,
        'main thread µs/record, second burst': second,
        [`not sent at the end, of ${2 * BURST}`]: 2 * BURST - burstRecords,
      }
    },
  },
]

/** What a program says of itself when it is ready. */
function readReport(stdout: string): Readonly<Record<string, number>> {
  return JSON.parse(/ready (\{.*\})/.exec(stdout)?.[1] ?? '{}') as Record<string, number>
}

interface ServerOptions {
  readonly file: string
  readonly path: string
  /** Requests a second of the stretch at a fixed rate. */
  readonly rate: number
  /** Requests before anything is measured. V8 compiles, on threads of its own, for so long. */
  readonly warmUpRequests: number
}

async function measureServer(
  variant: Variant,
  stage: Stage,
  { file, path, rate, warmUpRequests }: ServerOptions,
): Promise<Figures> {
  const env = { ...variant.env(stage.sinkUrl), DATABASE_URL: stage.databaseUrl, PROVIDER_PORT: stage.providerPort }
  const server = startProgram({ hook: 'none', file, nodeOptions: variant.nodeOptions, env, timeoutMillis: 0 })
  try {
    const port = await portOf(server)
    await warmUp(port, path, warmUpRequests)
    await readCounts(stage.sinkUrl)
    const before = await readCpu(port)
    const saturated = await load({ port, path, connections: CONNECTIONS, seconds: stage.seconds })
    const between = await readCpu(port)
    const steady = await load({ port, path, connections: CONNECTIONS, seconds: stage.seconds, rate })
    const after = await readCpu(port)
    await checkExported(variant, stage)
    return {
      'CPU µs/request, saturated': (between.cpuMicros - before.cpuMicros) / saturated.requests,
      [`CPU µs/request, ${rate}/s`]: (after.cpuMicros - between.cpuMicros) / steady.requests,
      'requests/s': saturated.requests / saturated.seconds,
      'p99 ms, saturated': saturated.p99Millis,
      [`p99 ms, ${rate}/s`]: steady.p99Millis,
      'RSS MB': after.rssBytes / 1e6,
    }
  } finally {
    await server.stop()
  }
}

/** By requests and not by seconds: a slow variant would be measured while it is compiled, and a fast one would not. */
async function warmUp(port: number, path: string, requests: number): Promise<void> {
  let answered = 0
  for (let second = 0; second < MAX_WARM_UP_SECONDS && answered < requests; second += WARM_UP_SECONDS)
    answered += (await load({ port, path, connections: CONNECTIONS, seconds: WARM_UP_SECONDS })).requests
}

/** Waits for the line with which a program tells its port. */
export async function portOf(server: Program): Promise<number> {
  await server.ready
  const port = /ready (\d+)/.exec(server.stdout)?.[1]
  if (port === undefined) throw new Error(`no port in what the program wrote:\n${server.stdout}${server.stderr}`)
  return Number(port)
}

async function readCpu(port: number): Promise<{ readonly cpuMicros: number; readonly rssBytes: number }> {
  const answer = await fetch(`http://127.0.0.1:${port}/cpu`)
  return (await answer.json()) as { cpuMicros: number; rssBytes: number }
}

interface Counts {
  readonly requests: number
  readonly bytes: number
  /** Records of the log burst. */
  readonly burstRecords: number
}

async function readCounts(sinkUrl: string): Promise<Counts> {
  const answer = await fetch(`${sinkUrl}/counts`)
  return (await answer.json()) as Counts
}

/** A variant that exports nothing would be cheap for the wrong reason. */
async function checkExported(variant: Variant, { sinkUrl }: Stage): Promise<void> {
  if (variant.nodeOptions.length === 0) return
  const { requests, bytes } = await readCounts(sinkUrl)
  if (requests < 1 || bytes < 10_000)
    throw new Error(`${variant.name} sent ${requests} requests with ${bytes} bytes: it does not export`)
}
