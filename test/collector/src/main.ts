import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { builtInPolicy, goSettingsOf, parsePolicy, renderCollector } from '@plutus/policy'
import type { CollectorRole, Policy } from '@plutus/policy'
import { load, startSink } from './load.ts'
import type { LoadedCollectors, LoadOptions, LoadResult } from './load.ts'
import { tabulateLoads } from './load-table.ts'
import { removeCollectors, startCollector } from './running-collector.ts'
import type { RunningCollector } from './running-collector.ts'

// What collectors sustain on this machine, generator and backend beside them: `pnpm bench:collector`. Rounds are
// interleaved, each in an order of its own, so that a noisy minute hits every row.

process.once('SIGTERM', () => process.exit(1)).once('exit', removeCollectors)

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '6' },
    rate: { type: 'string' },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const TENTH = parsePolicy('version: 1\nsampling: { rate: 10%, wait: 2s, slow: 1s }', { file: 'a tenth' })
// What everybody begins with: no processor, a queue in memory. The queue is short and waits where it is full: one of the
// usual thousand requests takes in what has not left for seconds, and then refuses.
const PLAIN = `
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:\${env:PLUTUS_LISTEN_HTTP_PORT}" } } } }
exporters:
  otlp_http:
    endpoint: "\${env:PLUTUS_OTLP_ENDPOINT}"
    compression: gzip
    sending_queue: { queue_size: 50, block_on_overflow: true }
extensions: { health_check: { endpoint: "127.0.0.1:\${env:PLUTUS_HEALTH_PORT}" } }
service:
  extensions: [health_check]
  telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host: 127.0.0.1, port: "\${env:PLUTUS_TELEMETRY_PORT}" } } } }] } }
  pipelines:
    logs: { receivers: [otlp], exporters: [otlp_http] }
    traces: { receivers: [otlp], exporters: [otlp_http] }
`

interface Variant {
  readonly name: string
  readonly keptShare?: number
  readonly start: (url: string) => Promise<LoadedCollectors>
}

type Env = Readonly<Record<string, string>>

// As `plutus collector run` starts them.
const startRole = async (policy: Policy, role: CollectorRole, env: Env): Promise<RunningCollector> =>
  await startCollector(renderCollector(policy, { role }), { env: { ...goSettingsOf(policy), ...env } })

const startPlain = async (url: string): Promise<RunningCollector> =>
  await startCollector(PLAIN, { env: { PLUTUS_OTLP_ENDPOINT: url } })

const alone = (entry: RunningCollector): LoadedCollectors => ({ entry, collectors: [entry], leaving: [entry] })

const VARIANTS: readonly Variant[] = [
  { name: 'plain', start: async (url) => alone(await startPlain(url)) },
  {
    name: 'single',
    start: async (url) => alone(await startRole(builtInPolicy(), 'single', { PLUTUS_OTLP_ENDPOINT: url })),
  },
  {
    name: 'single, a tenth kept',
    keptShare: 0.1,
    start: async (url) => alone(await startRole(TENTH, 'single', { PLUTUS_OTLP_ENDPOINT: url })),
  },
  {
    name: 'three plain in a row',
    start: async (url) => {
      const last = await startPlain(url)
      const middle = await startPlain(last.httpUrl)
      const entry = await startPlain(middle.httpUrl)
      return { entry, collectors: [entry, middle, last], leaving: [last] }
    },
  },
  {
    name: 'agent, gateway and sampler, a tenth kept',
    keptShare: 0.1,
    start: async (url) => {
      const sampler = await startRole(TENTH, 'sampler', { PLUTUS_OTLP_ENDPOINT: url })
      const samplers = `{static: {hostnames: ["127.0.0.1:${sampler.ports.grpc}"]}}`
      const gateway = await startRole(TENTH, 'gateway', { PLUTUS_OTLP_ENDPOINT: url, PLUTUS_SAMPLERS: samplers })
      const entry = await startRole(TENTH, 'agent', { PLUTUS_OTLP_ENDPOINT: gateway.httpUrl })
      return { entry, collectors: [entry, gateway, sampler], leaving: [gateway, sampler] }
    },
  },
]

if (values.help) {
  process.stdout.write(
    'pnpm bench:collector [--rounds 3] [--seconds 6] [--rate 20000] [--only single] [--json]\n' +
      '--rate: records a second, and as many spans; without it as many as are taken\n',
  )
} else await main()

async function main(): Promise<void> {
  const rounds = Number(values.rounds)
  const options: LoadOptions = {
    seconds: Number(values.seconds),
    ...(values.rate === undefined ? {} : { rate: Number(values.rate) }),
  }
  const named = VARIANTS.filter(({ name }) => name === values.only)
  const variants = named.length > 0 ? named : VARIANTS.filter(({ name }) => name.includes(values.only))
  const runs = new Map<string, LoadResult[]>(variants.map(({ name }) => [name, []]))
  const [cpu] = cpus()
  const machine = { cores: cpus().length, cpu: cpu?.model ?? '', node: process.version }
  const folder = new URL('../results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  let text = ''
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < variants.length; i++) {
      const variant = variants[(i + round) % variants.length] as Variant
      process.stderr.write(`round ${round + 1} of ${rounds}: ${variant.name}\n`)
      runs.get(variant.name)?.push(await runOnce(variant, options))
    }
    const figures = { machine, rounds: round + 1, ...options, results: Object.fromEntries(runs) }
    text = `${JSON.stringify(figures, undefined, 2)}\n`
    writeFileSync(new URL('latest.json', folder), text) // after each round: a long run may be ended before the last one
  }
  process.stdout.write(values.json ? text : `${tabulateLoads(runs)}\n`)
  // What does not arrive, or arrives where it should not, makes the other figures worth nothing.
  if ([...runs.values()].flat().some(({ lost, wrong }) => lost + wrong > 0)) process.exitCode = 1
}

async function runOnce({ start, keptShare = 1 }: Variant, options: LoadOptions): Promise<LoadResult> {
  const sink = await startSink()
  try {
    return await load(await start(sink.url), sink, { ...options, keptShare })
  } finally {
    removeCollectors()
    sink.close()
  }
}
