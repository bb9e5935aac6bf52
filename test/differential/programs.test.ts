import { createCertificates, END_NODES, isFull, services } from '@plutus/test-kit'
import type { ServiceName, TestNode } from '@plutus/test-kit'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { canonicalRecords } from './canonical-records.ts'
import { listDifferences } from './compare.ts'
import { INTENDED_DIFFERENCES, isIntended } from './differences.ts'
import type { IntendedDifference } from './differences.ts'
import { runUnder } from './telemetry.ts'

interface Case {
  readonly program: string
  /** What the variables are about. */
  readonly under?: string
  readonly env?: Readonly<Record<string, string>>
  readonly service?: ServiceName
  /** A record that must be there, or there would be nothing to compare. @defaultValue any */
  readonly expects?: RegExp
  /** Nothing is sent. */
  readonly isSilent?: boolean
  /** Runs on both ends of the matrix, not on the newest Node only; `test:full` runs all on every Node. */
  readonly onEnds?: boolean
}

const certificates = createCertificates()
const folder = mkdtempSync(join(tmpdir(), 'plutus-differential-'))
const tlsFile = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}
const TLS = {
  TLS_CA: certificates.files.ca,
  TLS_KEY: tlsFile('server-key.pem', certificates.server.key),
  TLS_CERTIFICATE: tlsFile('server.pem', certificates.server.cert),
}
const LIMITS = {
  OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '6',
  OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '10',
  OTEL_SPAN_EVENT_COUNT_LIMIT: '5',
  OTEL_SPAN_LINK_COUNT_LIMIT: '2',
  OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: '3',
  OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: '1',
  OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: '7',
}

const CASES: readonly Case[] = [
  { program: 'spans.mjs', onEnds: true },
  { program: 'logs.cjs', under: 'the sampler always_off', env: { OTEL_TRACES_SAMPLER: 'always_off' } },
  {
    program: 'spans.mjs',
    under: 'the ratio 0 for roots',
    env: { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' },
  },
  {
    program: 'spans.mjs',
    under: 'the ratio 1',
    env: { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '1' },
  },
  { program: 'spans.mjs', under: 'gRPC', env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' } },
  {
    program: 'spans.mjs',
    under: 'a resource by variables, JSON and gzip',
    env: {
      OTEL_SERVICE_NAME: 'checkout',
      OTEL_RESOURCE_ATTRIBUTES: 'service.version=1.2.3,deployment.environment.name=test,odd=a%20b%2Cc',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    },
  },
  { program: 'logs.cjs', onEnds: true },
  { program: 'logs.cjs', under: 'JSON', env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' } },
  { program: 'propagation.mjs' },
  { program: 'propagation.mjs', under: 'B3', env: { OTEL_PROPAGATORS: 'b3,baggage' } },
  { program: 'propagation.mjs', under: 'B3 of many headers', env: { OTEL_PROPAGATORS: 'b3multi,tracecontext' } },
  { program: 'propagation.mjs', under: 'OTEL_SDK_DISABLED', env: { OTEL_SDK_DISABLED: 'true' }, isSilent: true },
  { program: 'metrics.mjs' },
  {
    program: 'metrics.mjs',
    under: 'delta temporality',
    env: { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta' },
  },
  { program: 'many.mjs' },
  { program: 'many.mjs', under: 'limits by variables', env: LIMITS },
  { program: 'http.mjs', env: TLS, onEnds: true, expects: /^span CLIENT GET .* > SERVER GET/ },
  { program: 'express.cjs', expects: /SERVER GET \/orders\/:id.* > INTERNAL request handler/ },
  { program: 'fastify.mjs', expects: /SERVER GET \/orders\/:id.* > INTERNAL request handler/ },
  {
    program: 'postgres.cjs',
    service: 'postgres',
    expects: /^span INTERNAL unit of work > CLIENT/,
    env: { DATABASE_URL: services.postgres.url },
  },
  {
    program: 'mysql.cjs',
    service: 'mysql',
    expects: /^span INTERNAL unit of work > CLIENT/,
    env: { MYSQL_URL: services.mysql.url },
  },
  {
    program: 'redis.mjs',
    service: 'redis',
    expects: /^span INTERNAL unit of work > CLIENT/,
    env: { REDIS_URL: services.redis.url },
  },
]

const RUNS = CASES.flatMap((one) => {
  const nodes = one.onEnds === true || isFull ? END_NODES : END_NODES.slice(-1)
  return nodes.map((node): [string, Case, TestNode] => {
    const under = one.under === undefined ? '' : ` under ${one.under}`
    return [`${one.program}${under} on Node ${node.label}`, one, node]
  })
})
const missing = new Set(Object.entries(services).flatMap(([name, { available }]) => (available ? [] : [name])))
const isSkipped = ({ service }: Case): boolean => service !== undefined && missing.has(service) && !process.env['CI']

const seen = new Set<IntendedDifference>()

afterAll(() => {
  certificates.remove()
  rmSync(folder, { recursive: true })
})

for (const [name, one, node] of RUNS) {
  const why = isSkipped(one) ? ` (${services[one.service ?? 'redis'].reason})` : ''
  it.skipIf(isSkipped(one))(`sends the same from both engines: ${name}${why}`, async () => {
    const { program, env = {}, expects = /./ } = one
    const runs = [runUnder('plutus', program, env, node), runUnder('upstream', program, env, node)] as const
    const [own, upstream] = await Promise.all(runs)
    expect(own.stdout).toBe(upstream.stdout)
    expect(`${own.stderr}${upstream.stderr}`).not.toMatch(/stays as it is|Telemetry is off/)
    const [records, oracle] = [canonicalRecords(own), canonicalRecords(upstream)]
    expect([...oracle.keys()].some((record) => expects.test(record))).toBe(one.isSilent !== true)
    const differences = listDifferences(records, oracle)
    const unintended = differences.filter((difference) => {
      const intended = INTENDED_DIFFERENCES.filter((candidate) => isIntended(candidate, difference))
      for (const found of intended) seen.add(found)
      return intended.length === 0
    })
    expect(unintended).toEqual([])
  })
}

it('has no intended difference on its list that occurs no more', () => {
  expect(INTENDED_DIFFERENCES.filter((intended) => !seen.has(intended))).toEqual([])
})
