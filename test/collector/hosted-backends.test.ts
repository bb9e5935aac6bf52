import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { collectorBinary } from '@plutus/otelcol-distribution'
import { CLASS_ORDER, renderCollector, renderRetention } from '@plutus/policy'
import type { BackendName } from '@plutus/policy'
import { startReceiver, waitFor } from '@plutus/test-kit'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { logsRequest, metricsRequest, newTraceId, tracesRequest } from './src/otlp-json.ts'
import { smallPolicy } from './src/renderings.ts'
import { removeCollectors, startCollector } from './src/running-collector.ts'
import type { RunningCollector } from './src/running-collector.ts'

// Stand-ins for what nobody can build: they take and refuse as their makers publish it.

interface Taken {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

interface StandIn {
  readonly url: string
  readonly taken: readonly Taken[]
  readonly close: () => void
}

const { reason } = collectorBinary
const policy = smallPolicy()
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})
afterAll(removeCollectors)

/** A server that answers with a status; what it answers with 200 counts as taken. */
async function startStandIn(answer: (request: Taken) => { status: number; text: string }): Promise<StandIn> {
  const taken: Taken[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => void chunks.push(chunk))
    request.on('end', () => {
      const one = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) }
      const { status, text } = answer(one)
      if (status === 200) taken.push(one)
      response.writeHead(status, { 'content-type': 'application/json' }).end(text)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    close: () => server.close().closeAllConnections(),
  }
}

async function startFor(backend: BackendName, env: Readonly<Record<string, string>>): Promise<RunningCollector> {
  return await startCollector(renderCollector(policy, { role: 'single', backend }), { env })
}

async function sendOneOfEach(collector: RunningCollector): Promise<void> {
  const records = CLASS_ORDER.map((name) => {
    return {
      attributes: { 'plutus.data.class': name },
      severity: 9,
      body: `record of ${name}`,
      eventName: `shop.${name}`,
    }
  })
  expect([
    await collector.send('logs', logsRequest(records)),
    await collector.send('traces', tracesRequest([{ traceId: newTraceId(), name: 'pay' }])),
    await collector.send('metrics', metricsRequest('orders', 1)),
  ]).toEqual([200, 200, 200])
}

describe.skipIf(reason !== '')(`Splunk's HTTP event collector${reason && ` (${reason})`}`, () => {
  const TOKEN = 'a-token'
  // Those that the rendered indexes.conf makes: an event for another one is refused.
  const conf = renderRetention(policy).find(({ name }) => name === 'splunk-indexes.conf')?.text ?? ''
  const indexes = new Set([...conf.matchAll(/^\[(\w+)\]$/gm)].map(([, name]) => name))

  interface Event {
    readonly index: string
    readonly source: string
    readonly event: unknown
    readonly fields?: Readonly<Record<string, unknown>>
  }
  const eventsOf = ({ headers, body }: Taken): readonly Event[] => {
    const text = headers['content-encoding'] === 'gzip' ? gunzipSync(body).toString() : body.toString()
    // Documents stand behind each other, with a line between them or nothing.
    return text
      .split(/(?<=\})\s*(?=\{"(?:time|host|event)")/)
      .filter((part) => part.trim() !== '')
      .map((part) => JSON.parse(part) as Event)
  }
  const collect = (request: Taken): { status: number; text: string } => {
    if (request.headers.authorization !== `Splunk ${TOKEN}`)
      return { status: 403, text: '{"text":"Invalid token","code":4}' }
    const strangers = eventsOf(request).filter(({ index }) => !indexes.has(index))
    if (strangers.length > 0) return { status: 400, text: '{"text":"Incorrect index","code":7}' }
    return { status: 200, text: '{"text":"Success","code":0}' }
  }

  it('gets each class in an index of its own, spans and metrics too, and all of it after it was busy', async () => {
    let busy = 6
    const splunk = await startStandIn((request) => {
      return busy-- > 0 ? { status: 503, text: '{"text":"Server is busy","code":9}' } : collect(request)
    })
    const collector = await startFor('splunk', {
      PLUTUS_SPLUNK_ENDPOINT: `${splunk.url}/services/collector`,
      PLUTUS_SPLUNK_TOKEN: TOKEN,
    })
    await sendOneOfEach(collector)
    const events = (): readonly Event[] => splunk.taken.flatMap(eventsOf)
    const wanted = [...CLASS_ORDER, 'traces', 'metrics'].map((output) => `plutus_${output}`)
    await waitFor(() => new Set(events().map(({ index }) => index)).size === wanted.length, {
      timeoutMillis: 60_000,
      describe: () => JSON.stringify(events().map(({ index }) => index)),
    })
    expect(new Set(events().map(({ index }) => index))).toEqual(new Set(wanted))
    expect(new Set(events().map(({ source }) => source))).toEqual(new Set(['plutus']))
    for (const name of CLASS_ORDER) {
      const own = events().filter(({ index }) => index === `plutus_${name}`)
      expect(own.map(({ event }) => event)).toEqual([`record of ${name}`])
      expect(own[0]?.fields).toMatchObject({ 'plutus.data.class': name })
    }
    expect(await collector.stop()).toEqual({ code: 0, signal: null })
  })

  it('loses what it refuses for good, and the archive has what is durable', async () => {
    const splunk = await startStandIn(collect)
    const collector = await startFor('splunk', {
      PLUTUS_SPLUNK_ENDPOINT: `${splunk.url}/services/collector`,
      PLUTUS_SPLUNK_TOKEN: 'an old token',
    })
    await sendOneOfEach(collector)
    await waitFor(() => collector.output().includes('Dropping data'), { timeoutMillis: 60_000 })
    await waitFor(() => collector.archive('payment') !== '')
    for (const name of CLASS_ORDER) {
      expect(collector.archive(name).includes(`record of ${name}`)).toBe(policy.classes[name].durable)
    }
    expect(splunk.taken).toEqual([])
  })
})

describe.skipIf(reason !== '')(`CloudWatch's endpoints${reason && ` (${reason})`}`, () => {
  const KEY = { id: 'AKIA-of-a-test', secret: 'a secret of a test' }
  const REGION = 'eu-central-1'

  /** What the signature must be by AWS Signature Version 4, from the request as it came. */
  function signatureOf(request: Taken, service: string): string {
    const { authorization = '', 'x-amz-date': date = '' } = request.headers as Record<string, string>
    const signed = /SignedHeaders=([^,]+)/.exec(authorization)?.[1] ?? ''
    const headers = signed.split(';').map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`)
    const hash = createHash('sha256').update(request.body).digest('hex')
    const canonical = ['POST', request.path, '', headers.join(''), signed, hash].join('\n')
    const scope = `${date.slice(0, 8)}/${REGION}/${service}/aws4_request`
    const sign = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
    const day = sign(`AWS4${KEY.secret}`, date.slice(0, 8))
    const key = sign(sign(sign(day, REGION), service), 'aws4_request')
    const canonicalHash = createHash('sha256').update(canonical).digest('hex')
    return sign(key, ['AWS4-HMAC-SHA256', date, scope, canonicalHash].join('\n')).toString('hex')
  }

  it.each([
    ['logs', 'logs', '/v1/logs'],
    ['traces', 'xray', '/v1/traces'],
    ['metrics', 'monitoring', '/v1/metrics'],
  ])('get %s as OTLP, signed for the service %s', async (signal, service, path) => {
    const receiver = await startReceiver()
    try {
      const cloud = await startStandIn((request) => {
        const isSigned = request.headers.authorization?.endsWith(`Signature=${signatureOf(request, service)}`)
        return isSigned === true
          ? { status: 200, text: '{}' }
          : { status: 403, text: '{"message":"SignatureDoesNotMatch"}' }
      })
      const collector = await startFor('cloudwatch', {
        PLUTUS_AWS_REGION: REGION,
        PLUTUS_CLOUDWATCH_LOGS: receiver.httpUrl,
        PLUTUS_CLOUDWATCH_TRACES: receiver.httpUrl,
        PLUTUS_CLOUDWATCH_METRICS: receiver.httpUrl,
        [`PLUTUS_CLOUDWATCH_${signal.toUpperCase()}`]: cloud.url,
        AWS_ACCESS_KEY_ID: KEY.id,
        AWS_SECRET_ACCESS_KEY: KEY.secret,
        AWS_EC2_METADATA_DISABLED: 'true',
      })
      await sendOneOfEach(collector)
      await waitFor(() => cloud.taken.length >= (signal === 'logs' ? CLASS_ORDER.length : 1), {
        timeoutMillis: 60_000,
        describe: () => collector.output().slice(-2000),
      })
      expect(new Set(cloud.taken.map((request) => request.path))).toEqual(new Set([path]))
      const groups = CLASS_ORDER.map((name) => `/plutus/${name}`)
      const found = cloud.taken.map(({ headers }) => String(headers['x-aws-log-group']))
      expect(new Set(found)).toEqual(new Set(signal === 'logs' ? groups : ['undefined']))
      const bodies = cloud.taken.map(({ body }) => gunzipSync(body).toString('latin1')).join('')
      for (const name of signal === 'logs' ? CLASS_ORDER : []) expect(bodies).toContain(`record of ${name}`)
      expect(collector.output()).not.toContain('Dropping data')
    } finally {
      await receiver.close()
    }
  })
})
