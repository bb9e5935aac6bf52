import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/** One way of observing a program. */
export interface Variant {
  readonly name: string
  /** Options of Node that load it. */
  readonly nodeOptions: readonly string[]
  /** Variables that point it at the sink and turn off what only its vendor wants. */
  readonly env: (sinkUrl: string) => Readonly<Record<string, string>>
  /** Whether it sends spans by OTLP; the sink counts requests of the others. */
  readonly speaksOtlp: boolean
  /** Variables without which it would see no record of the burst. */
  readonly logsEnv?: Readonly<Record<string, string>>
}

const PEERS = fileURLToPath(new URL('../peers/', import.meta.url))
const resolvePeer = (id: string): string => createRequire(`${PEERS}package.json`).resolve(id)
// Agents on the 2.x line of the SDK know loggers by another package, each by a version of its own.
const withLogsApi = (agent: string): Record<string, string> => ({
  BENCH_LOGS_API: createRequire(agent).resolve('@opentelemetry/api-logs'),
})
const HOOK = createRequire(import.meta.url).resolve('@plutus/otel-register')
const otlp = (url: string): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  OTEL_SERVICE_NAME: 'bench',
  OTEL_LOG_LEVEL: 'error',
  OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,process',
})

/** Nothing but Node, Plutus, and those peers that are installed. */
export function listVariants(): { readonly variants: readonly Variant[]; readonly absent: readonly string[] } {
  const own: Variant[] = [
    { name: 'none', nodeOptions: [], env: () => ({}), speaksOtlp: false },
    { name: 'plutus', nodeOptions: ['--require', HOOK], env: otlp, speaksOtlp: true },
    {
      name: 'plutus upstream',
      nodeOptions: ['--require', HOOK],
      env: (url) => ({ ...otlp(url), PLUTUS_ENGINE: 'upstream' }),
      speaksOtlp: true,
    },
  ]
  const peers: readonly (readonly [string, string, (file: string) => Omit<Variant, 'name'>])[] = [
    [
      'otel auto-instrumentations',
      '@opentelemetry/auto-instrumentations-node/register',
      (file) => ({ nodeOptions: ['--require', file], env: otlp, speaksOtlp: true }),
    ],
    [
      'dd-trace',
      'dd-trace/init.js',
      (file) => ({
        nodeOptions: ['--require', file],
        env: (url) => ({
          DD_TRACE_AGENT_URL: url,
          DD_SERVICE: 'bench',
          DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
          DD_REMOTE_CONFIGURATION_ENABLED: 'false',
          DD_TRACE_STARTUP_LOGS: 'false',
        }),
        speaksOtlp: false,
      }),
    ],
    [
      'elastic',
      '@elastic/opentelemetry-node',
      (file) => ({ nodeOptions: ['--import', file], env: otlp, speaksOtlp: true, logsEnv: withLogsApi(file) }),
    ],
    [
      'splunk',
      '@splunk/otel/instrument',
      (file) => ({
        nodeOptions: ['--require', file],
        env: otlp,
        speaksOtlp: true,
        logsEnv: { ...withLogsApi(file), SPLUNK_AUTOMATIC_LOG_COLLECTION: 'true' },
      }),
    ],
    [
      'sentry',
      '@sentry/node',
      (file) => ({
        nodeOptions: ['--require', fileURLToPath(new URL('../programs/sentry.cjs', import.meta.url))],
        env: (url) => ({ BENCH_SENTRY: file, BENCH_SENTRY_DSN: url.replace('//', '//public@').concat('/1') }),
        speaksOtlp: false,
      }),
    ],
  ]
  const absent: string[] = []
  const installed = peers.flatMap(([name, id, describe]) => {
    try {
      const file = resolvePeer(id)
      if (existsSync(file)) return [{ name, ...describe(file) }]
    } catch {
      // Named below.
    }
    absent.push(name)
    return []
  })
  return { variants: [...own, ...installed], absent }
}
