import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { COLLECTOR_ROLES } from '../collector-config.ts'
import type { CollectorConfig } from '../collector-config.ts'
import { builtInPolicy, parsePolicy } from '../parse-policy.ts'
import { BACKENDS } from '../policy.ts'
import { buildCollector } from './build-collector.ts'
import { renderCollector } from './render-collector.ts'

const A_TENTH = 'sampling: { rate: 10% }'
const policyWith = (text: string) => parsePolicy(`version: 1\n${text}\n`, { file: 'test.yaml' })
const rendered = (name: string) =>
  fileURLToPath(new URL(`../../../../otel-collector/rendered/${name}`, import.meta.url))

it.each(COLLECTOR_ROLES)('renders what is committed for the role %s', async (role) => {
  await expect(renderCollector(builtInPolicy(), { role })).toMatchFileSnapshot(rendered(`collector-${role}.yaml`))
})

it.each(COLLECTOR_ROLES.filter((role) => role !== 'agent'))(
  'renders what is committed for the role %s where a tenth of the traces is kept',
  async (role) => {
    const file = rendered(`collector-${role}-10-percent.yaml`)
    await expect(renderCollector(policyWith(A_TENTH), { role })).toMatchFileSnapshot(file)
  },
)

it('renders the same text for the same policy, whatever its order', () => {
  const one = policyWith('classes: { payment: { queue: 1GiB, searchable: 61d } }')
  const other = policyWith('classes: { payment: { searchable: 61d, queue: 1GiB } }')
  expect(renderCollector(one, { role: 'single' })).toBe(renderCollector(other, { role: 'single' }))
})

describe.each(BACKENDS)('for %s', (backend) => {
  it.each(COLLECTOR_ROLES)('a %s', (role) => {
    const policy = policyWith(A_TENTH)
    const text = renderCollector(policy, { role, backend })
    const config = buildCollector(policy, { role, backend })
    // What it reads back is what was built: nothing is lost to quoting.
    expect(parse(text)).toEqual(config)
    expect(danglingReferences(config)).toEqual([])
    expect(unusedComponents(config)).toEqual([])
    const [, header = ''] = /^((?:#.*\n)+)/.exec(text) ?? []
    const missing = [...text.matchAll(/\$\{env:([A-Z0-9_]+)/g)].map(([, name = '']) => withoutOutput(name))
    expect(missing.filter((name) => !header.includes(`#   ${name}: `))).toEqual([])
  })
})

it('writes a pattern so that a collector takes no part of it for a variable', () => {
  const text = renderCollector(policyWith("classes: { audit: { match: [{ events: 'ledger.*' }] } }"), { role: 'agent' })
  expect(text).toContain('^(?:ledger[.].*)$$')
})

it('archives each class in a bucket that may be its own: a lock is one of a whole bucket', () => {
  const { exporters } = buildCollector(policyWith('targets: { archive: s3 }\nlimits: { disk: 30GiB }'), {
    role: 'gateway',
  })
  expect(exporters['awss3/audit']).toMatchObject({
    s3uploader: { s3_bucket: '${env:PLUTUS_S3_BUCKET_AUDIT:-${env:PLUTUS_S3_BUCKET}}', s3_prefix: 'audit' },
  })
})

it('asks for certificates on both sides where it listens beyond the machine', () => {
  const { receivers } = buildCollector(builtInPolicy(), { role: 'gateway', listen: 'mutual-tls' })
  const { grpc, http } = (receivers['otlp'] as { protocols: Record<string, { tls: object }> }).protocols
  for (const listener of [grpc, http]) {
    expect(listener?.tls).toMatchObject({ client_ca_file: '${env:PLUTUS_LISTEN_CLIENT_CA}' })
  }
})

const CONNECTORS = /^(?:routing|signal_to_metrics)/

function danglingReferences({ service, ...sections }: CollectorConfig): string[] {
  const known = (...names: (keyof typeof sections)[]) => new Set(names.flatMap((name) => Object.keys(sections[name])))
  return Object.values(service.pipelines).flatMap(({ receivers, processors, exporters }) => [
    ...receivers.filter((id) => !known('receivers', 'connectors').has(id)),
    ...processors.filter((id) => !known('processors').has(id)),
    ...exporters.filter((id) => !known('exporters', 'connectors').has(id)),
  ])
}

function unusedComponents({ service, extensions, ...sections }: CollectorConfig): string[] {
  const used = new Set(
    Object.values(service.pipelines).flatMap((one) => [...one.receivers, ...one.processors, ...one.exporters]),
  )
  const unused = Object.values(sections).flatMap((section) => Object.keys(section).filter((id) => !used.has(id)))
  return [
    ...unused,
    ...Object.keys(extensions).filter((id) => !service.extensions.includes(id)),
    // A connector that nobody listens to swallows what it gets.
    ...Object.keys(sections.connectors).filter(
      (id) => CONNECTORS.test(id) && !Object.values(service.pipelines).some(({ receivers }) => receivers.includes(id)),
    ),
  ]
}

function withoutOutput(name: string): string {
  return name.replace(
    /^(PLUTUS_(?:OTLP_(?:ENDPOINT|HEADERS|CERTIFICATE|CLIENT_CERTIFICATE|CLIENT_KEY)|S3_BUCKET))_(?:AUDIT|SECURITY|PAYMENT|PERFORMANCE|APPLICATION|TRACES|METRICS)$/,
    '$1',
  )
}
