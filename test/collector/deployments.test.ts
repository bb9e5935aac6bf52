import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { collectorBinary } from '@plutus/otelcol-distribution'
import { builtInPolicy, parsePolicy, renderCollector, renderDeployments } from '@plutus/policy'
import type { Policy } from '@plutus/policy'
import { createCertificates, startReceiver, waitFor } from '@plutus/test-kit'
import type { Certificates, Receiver } from '@plutus/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMPOSE_BUILD_MILLIS, composeTool } from './src/compose-tool.ts'
import { logsRequest, newTraceId, tracesRequest } from './src/otlp-json.ts'
import { A_TENTH, smallPolicy } from './src/renderings.ts'
import { removeCollectors, startCollector } from './src/running-collector.ts'
import type { RunningCollector } from './src/running-collector.ts'

const CLASSES = ['audit', 'security', 'payment', 'performance', 'application']
const POLICIES: [what: string, policy: Policy][] = [
  ['everything is kept', builtInPolicy()],
  ['a tenth of the traces is kept', parsePolicy('version: 1\nsampling: { rate: 10% }\n')],
  [
    'Kafka is between, S3 the archive',
    parsePolicy(
      'version: 1\nsampling: { rate: 10% }\ntargets: { transport: kafka, archive: s3, backend: cloudwatch }\nlimits: { disk: 30GiB }\n',
    ),
  ],
]

interface ComposeFile {
  readonly configs: Readonly<Record<string, { readonly content: string }>>
  readonly services: Readonly<Record<string, { readonly environment?: Readonly<Record<string, string>> }>>
}

describe.skipIf(composeTool.reason !== '')(`compose files${composeTool.reason && ` (${composeTool.reason})`}`, () => {
  let folder = ''
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'plutus-compose-'))
    writeFileSync(join(folder, 'plutus.env'), 'PLUTUS_OTLP_ENDPOINT=https://otlp.example.com\n')
    await composeTool.ensure()
  }, COMPOSE_BUILD_MILLIS)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(POLICIES)('keep to the specification, and hold what the collector reads: %s', async (_what, policy) => {
    for (const { name, text } of renderDeployments(policy).filter((file) => file.name.startsWith('compose-'))) {
      writeFileSync(join(folder, name), text)
      const { configs, services } = (await composeTool.read(name, folder)) as ComposeFile
      for (const [id, { content }] of Object.entries(configs)) {
        const role = id.replace('collector-', '') as 'single'
        expect(content).toBe(renderCollector(policy, { role }))
      }
      const last = name === 'compose-single.yaml' ? 'single' : 'gateway'
      expect(services[last]?.environment?.['PLUTUS_QUEUE_DIR']).toBe('/var/lib/plutus/queue')
    }
  })

  it('are refused where they break it', async () => {
    const text = renderDeployments(builtInPolicy()).find(({ name }) => name === 'compose-single.yaml')?.text ?? ''
    writeFileSync(join(folder, 'wrong.yaml'), text.replaceAll('cap_drop:', 'cap_dropp:'))
    await expect(composeTool.read('wrong.yaml', folder)).rejects.toThrow(/cap_dropp/)
  })
})

const { reason } = collectorBinary
describe.skipIf(reason !== '')(`tiers as values of Helm configure them${reason && ` (${reason})`}`, () => {
  const policy = smallPolicy(A_TENTH)
  let certificates: Certificates
  let receiver: Receiver
  let tls: Readonly<Record<string, string>> = {}
  const start = async (
    role: 'agent' | 'gateway' | 'sampler',
    env: Readonly<Record<string, string>>,
  ): Promise<RunningCollector> =>
    await startCollector(renderCollector(policy, { role, listen: 'mutual-tls' }), { env: { ...tls, ...env } })

  beforeAll(async () => {
    certificates = createCertificates()
    receiver = await startReceiver()
    const folder = mkdtempSync(join(tmpdir(), 'plutus-tls-'))
    const write = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    }
    tls = {
      PLUTUS_LISTEN_CERTIFICATE: write('tls.crt', certificates.server.cert),
      PLUTUS_LISTEN_KEY: write('tls.key', certificates.server.key),
      PLUTUS_LISTEN_CLIENT_CA: certificates.files.ca,
    }
  })
  afterAll(async () => {
    removeCollectors()
    certificates.remove()
    rmSync(join(tls['PLUTUS_LISTEN_KEY'] ?? '', '..'), { recursive: true, force: true })
    await receiver.close()
  })

  it('pass everything on between certificates of one authority, and take nothing from anybody else', async () => {
    const toNext = {
      PLUTUS_OTLP_CERTIFICATE: certificates.files.ca,
      PLUTUS_OTLP_CLIENT_CERTIFICATE: certificates.files.clientCertificate,
      PLUTUS_OTLP_CLIENT_KEY: certificates.files.clientKey,
    }
    const samplers = [1, 2].map(async () => await start('sampler', { PLUTUS_OTLP_ENDPOINT: receiver.httpUrl }))
    const hosts = (await Promise.all(samplers)).map(({ ports }) => `"127.0.0.1:${ports.grpc}"`)
    const gateway = await start('gateway', {
      PLUTUS_OTLP_ENDPOINT: receiver.httpUrl,
      PLUTUS_OTLP_CLIENT_CERTIFICATE: certificates.files.clientCertificate,
      PLUTUS_OTLP_CLIENT_KEY: certificates.files.clientKey,
      PLUTUS_SAMPLERS: `{static: {hostnames: [${hosts.join(', ')}]}}`,
      PLUTUS_SAMPLERS_INSECURE: 'false',
      PLUTUS_SAMPLERS_CERTIFICATE: certificates.files.ca,
    })
    const agent = await start('agent', { PLUTUS_OTLP_ENDPOINT: `https://127.0.0.1:${gateway.ports.http}`, ...toNext })

    const records = CLASSES.map((name) => ({ attributes: { 'plutus.data.class': name }, severity: 17, body: name }))
    const traces = Array.from({ length: 8 }, () => ({ traceId: newTraceId(), isError: true }))
    for (const collector of [agent, gateway]) {
      expect(await post(collector, 'logs', logsRequest(records))).toMatch(/^ERR_SSL|^ECONNRESET|^EPIPE/)
    }
    expect(await post(agent, 'logs', logsRequest(records), certificates)).toBe('200')
    expect(await post(agent, 'traces', tracesRequest(traces), certificates)).toBe('200')
    await waitFor(() => receiver.logs.length >= CLASSES.length && receiver.spans.length >= traces.length)
    expect(receiver.logs).toHaveLength(CLASSES.length)
    expect(new Set(receiver.logs.map(({ body }) => body))).toEqual(new Set(CLASSES))
    expect(new Set(receiver.spans.map(({ traceId }) => traceId))).toEqual(new Set(traces.map(({ traceId }) => traceId)))
  })

  it.each(POLICIES)('are valid: %s', async (_what, of) => {
    const folder = mkdtempSync(join(tmpdir(), 'plutus-values-'))
    try {
      for (const role of ['single', 'agent', 'gateway', 'sampler'] as const) {
        const file = join(folder, `${role}.yaml`)
        writeFileSync(file, renderCollector(of, { role, listen: 'mutual-tls' }))
        const env = {
          ...tls,
          PLUTUS_OTLP_ENDPOINT: receiver.httpUrl,
          PLUTUS_S3_BUCKET: 'archive',
          PLUTUS_SAMPLERS: '{static: {hostnames: ["127.0.0.1:1"]}}',
          AWS_ACCESS_KEY_ID: 'none',
          AWS_SECRET_ACCESS_KEY: 'none',
          AWS_EC2_METADATA_DISABLED: 'true',
        }
        const { stderr } = await promisify(execFile)(await collectorBinary.ensure(), ['validate', '--config', file], {
          env,
        })
        expect(stderr).toBe('') // and it ended with 0
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

/** Sends a request by TLS, with a certificate or without; gives the status, or the code of what went wrong. */
async function post(
  { ports }: RunningCollector,
  signal: 'logs' | 'traces',
  body: object,
  certificates?: Certificates,
): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const files = certificates?.files
  const credentials =
    files === undefined
      ? { rejectUnauthorized: false }
      : {
          ca: readFileSync(files.ca),
          cert: readFileSync(files.clientCertificate),
          key: readFileSync(files.clientKey),
        }
  const headers = { 'content-type': 'application/json' }
  const url = `https://127.0.0.1:${ports.http}/v1/${signal}`
  const sent = request(url, { method: 'POST', headers, agent: false, ...credentials }, (answer) => {
    answer.resume()
    resolve(String(answer.statusCode))
  })
  sent.on('error', (error) => resolve('code' in error ? String(error.code) : error.message))
  sent.end(JSON.stringify(body))
  return await promise
}
