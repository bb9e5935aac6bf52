import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { collectorBinary } from '@plutus/otelcol-distribution'
import { CLASS_ORDER, renderCollector, renderRetention } from '@plutus/policy'
import type { BackendName } from '@plutus/policy'
import { startReceiver, waitFor } from '@plutus/test-kit'
import type { Receiver, Responder } from '@plutus/test-kit'
import { afterAll, describe, expect, it } from 'vitest'
import { startClickhouse } from './src/clickhouse.ts'
import type { Clickhouse, ClickhouseRow } from './src/clickhouse.ts'
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
}

const { reason } = collectorBinary
const absent = reason && ` (${reason})`
const policy = smallPolicy()
// They wait for what a collector sends again: at the same time, and what they opened is closed after all of them.
const closers: (() => unknown)[] = []
afterAll(async () => {
  removeCollectors()
  for (const close of closers) await close()
})

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
  closers.push(() => server.close().closeAllConnections())
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
  }
}

async function startFor(backend: BackendName, env: Readonly<Record<string, string>>): Promise<RunningCollector> {
  return await startCollector(renderCollector(policy, { role: 'single', backend }), { env })
}

/** What tells records, spans and metrics of a test apart. */
interface Sent {
  readonly traceId?: string
  /** Names of events of some classes. @defaultValue `shop.` and the class */
  readonly eventNames?: Readonly<Record<string, string>>
  /** Whether the metric counts from the last point on. */
  readonly isDelta?: boolean
}

async function sendOneOfEach(collector: RunningCollector, sent: Sent = {}): Promise<void> {
  const { traceId = newTraceId(), eventNames = {}, isDelta = false } = sent
  const records = CLASS_ORDER.map((name) => {
    return {
      attributes: { 'plutus.data.class': name },
      severity: 9,
      body: `record of ${name}`,
      eventName: eventNames[name] ?? `shop.${name}`,
      traceId,
    }
  })
  const events = [{ name: 'asked', attributes: { 'shop.answer': 'yes' } }]
  expect([
    await collector.send('logs', logsRequest(records)),
    await collector.send('traces', tracesRequest([{ traceId, name: 'pay', events }])),
    await collector.send('metrics', metricsRequest('orders', 1, {}, undefined, isDelta)),
  ]).toEqual([200, 200, 200])
}

describe.skipIf(reason !== '').concurrent(`Splunk's HTTP event collector${absent}`, () => {
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

describe.skipIf(reason !== '').concurrent(`CloudWatch's endpoints${absent}`, () => {
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

describe.skipIf(reason !== '').concurrent(`ClickHouse${absent}`, () => {
  const USER = { name: 'plutus', password: 'a-password' }
  const EVENTS = Object.fromEntries(CLASS_ORDER.map((name) => [name, `shop.${name}`]))

  // Its tables are those of the rendered statements.
  async function startOne(): Promise<Clickhouse> {
    const sql = renderRetention(policy).find(({ name }) => name === 'clickhouse.sql')?.text ?? ''
    const clickhouse = await startClickhouse(sql, USER)
    closers.push(clickhouse.close)
    return clickhouse
  }
  const startCollecting = async ({ endpoint }: Clickhouse): Promise<RunningCollector> =>
    await startFor('clickhouse', {
      PLUTUS_CLICKHOUSE_ENDPOINT: endpoint,
      PLUTUS_CLICKHOUSE_DATABASE: 'shop',
      PLUTUS_CLICKHOUSE_USERNAME: USER.name,
      PLUTUS_CLICKHOUSE_PASSWORD: USER.password,
    })
  const recordsOf = (clickhouse: Clickhouse, name: string): readonly ClickhouseRow[] =>
    clickhouse.rows(`otel_logs_${name}`)
  const hasAll = (clickhouse: Clickhouse): boolean =>
    CLASS_ORDER.every((name) => recordsOf(clickhouse, name).length > 0)

  it('gets each class in a table of its own, spans and metrics too, by its HTTP interface', async () => {
    const clickhouse = await startOne()
    const collector = await startCollecting(clickhouse)
    const traceId = newTraceId()
    await sendOneOfEach(collector, { traceId })
    await waitFor(
      () =>
        hasAll(clickhouse) &&
        clickhouse.rows('otel_traces').length > 0 &&
        clickhouse.rows('otel_metrics_sum').some(({ MetricName }) => MetricName === 'orders'),
      { timeoutMillis: 30_000, describe: () => collector.output().slice(-2000) },
    )
    for (const name of CLASS_ORDER) {
      expect(recordsOf(clickhouse, name)).toMatchObject([
        {
          Body: `record of ${name}`,
          EventName: EVENTS[name],
          TraceId: traceId,
          SeverityNumber: 9,
          ResourceAttributes: { 'plutus.data.class': name },
        },
      ])
    }
    expect(clickhouse.rows('otel_traces')).toMatchObject([
      { TraceId: traceId, SpanName: 'pay', 'Events.Name': ['asked'], 'Events.Attributes': [{ 'shop.answer': 'yes' }] },
    ])
    expect(clickhouse.rows('otel_metrics_sum').filter(({ MetricName }) => MetricName === 'orders')).toMatchObject([
      { Value: 1, IsMonotonic: true },
    ])
    expect(collector.output()).not.toContain('Dropping data')
  })

  it('has a table for each kind of metric', async () => {
    const clickhouse = await startOne()
    const collector = await startCollecting(clickhouse)
    const point = { timeUnixNano: '1767225600000000000', startTimeUnixNano: '1767225500000000000' }
    const growing = { aggregationTemporality: 2 }
    const buckets = { bucketCounts: ['1', '2'], explicitBounds: [5] }
    const scaled = { scale: 1, zeroCount: '0', positive: { offset: 1, bucketCounts: ['3'] } }
    const metrics = [
      { name: 'room', gauge: { dataPoints: [{ ...point, asDouble: 0.5 }] } },
      { name: 'time', histogram: { ...growing, dataPoints: [{ ...point, count: '3', sum: 9, ...buckets }] } },
      { name: 'size', exponentialHistogram: { ...growing, dataPoints: [{ ...point, count: '3', sum: 9, ...scaled }] } },
      {
        name: 'age',
        summary: { dataPoints: [{ ...point, count: '3', sum: 9, quantileValues: [{ quantile: 0.5, value: 3 }] }] },
      },
    ]
    const resourceMetrics = [{ resource: {}, scopeMetrics: [{ scope: { name: 'test' }, metrics }] }]
    expect(await collector.send('metrics', { resourceMetrics })).toBe(200)
    const at = { TimeUnix: BigInt(point.timeUnixNano) }
    const wanted = {
      gauge: { MetricName: 'room', Value: 0.5, ...at },
      histogram: { MetricName: 'time', Count: 3n, BucketCounts: [1n, 2n], ExplicitBounds: [5], ...at },
      exponential_histogram: { MetricName: 'size', Sum: 9, PositiveBucketCounts: [3n], ...at },
      summary: { MetricName: 'age', 'ValueAtQuantiles.Quantile': [0.5], 'ValueAtQuantiles.Value': [3], ...at },
    }
    const rowsOf = (kind: string): readonly ClickhouseRow[] => clickhouse.rows(`otel_metrics_${kind}`)
    await waitFor(() => Object.keys(wanted).every((kind) => rowsOf(kind).length > 0), {
      timeoutMillis: 30_000,
      describe: () => collector.output().slice(-2000),
    })
    for (const [kind, row] of Object.entries(wanted)) expect(rowsOf(kind)).toMatchObject([row])
  })

  it('gets the names of events although its tables came after the collector', async () => {
    const clickhouse = await startOne()
    clickhouse.isEmpty = true
    const collector = await startCollecting(clickhouse)
    await sendOneOfEach(collector)
    clickhouse.isEmpty = false
    await waitFor(() => hasAll(clickhouse), {
      timeoutMillis: 60_000,
      describe: () => collector.output().slice(-2000),
    })
    // The exporter looks at the start only whether there is a column for them: the table then takes it from elsewhere.
    const names = CLASS_ORDER.map((name) => {
      const { EventName, LogAttributes } = recordsOf(clickhouse, name)[0] as ClickhouseRow
      return [name, EventName ?? (LogAttributes as Record<string, string>)['event.name']]
    })
    expect(Object.fromEntries(names)).toEqual(EVENTS)
  })
})

describe.skipIf(reason !== '').concurrent(`backends that take OTLP with a key of theirs${absent}`, () => {
  // Each refuses what does not name its key as it asks for; where a class goes by what stands on the resource.
  const intakes: readonly (readonly [
    BackendName,
    string,
    string,
    (name: string) => Readonly<Record<string, string>>,
  ])[] = [
    [
      'elasticsearch',
      'authorization',
      'ApiKey a-key',
      (name) => ({ 'data_stream.dataset': `plutus.${name}`, 'data_stream.namespace': 'default' }),
    ],
    ['opensearch', 'authorization', 'Basic dXNlcjpwYXNz', (name) => ({ 'plutus.data.class': name })],
    ['datadog', 'dd-api-key', 'a-key', (name) => ({ 'plutus.data.class': name })],
  ]

  it.each(intakes)(
    'gives %s one of each class on its route, spans and metrics too',
    async (backend, header, key, of) => {
      const receiver = await openReceiver(({ headers }) => (headers[header] === key ? undefined : { status: 401 }))
      const collector = await startFor(backend, {
        PLUTUS_OTLP_ENDPOINT: receiver.httpUrl,
        PLUTUS_OTLP_HEADERS: `${header}: ${key}`,
      })
      const traceId = newTraceId()
      await sendOneOfEach(collector, { traceId, eventNames: { payment: 'payment.attempt' }, isDelta: true })
      await waitFor(
        () =>
          receiver.logs.length >= CLASS_ORDER.length &&
          receiver.spans.length > 0 &&
          ['orders', 'payment.attempts'].every((name) => receiver.metrics.some((metric) => metric.name === name)),
        { timeoutMillis: 30_000, describe: () => collector.output().slice(-2000) },
      )
      for (const name of CLASS_ORDER) {
        const own = receiver.logs.filter(({ resource }) => resource['plutus.data.class'] === name)
        expect(own).toMatchObject([
          {
            body: `record of ${name}`,
            eventName: name === 'payment' ? 'payment.attempt' : `shop.${name}`,
            traceId,
            resource: of(name),
          },
        ])
      }
      expect(receiver.spans).toMatchObject([{ traceId, name: 'pay' }])
      expect(new Set(receiver.requests.map(({ path }) => path))).toEqual(
        new Set(['/v1/logs', '/v1/traces', '/v1/metrics']),
      )
      // Datadog takes no others, and most take no deltas.
      const temporalities = new Set(receiver.metrics.map(({ temporality }) => temporality))
      expect(temporalities).toEqual(new Set([backend === 'datadog' ? 'delta' : 'cumulative']))
      expect(collector.output()).not.toContain('Dropping data')
    },
  )

  async function openReceiver(respond: Responder): Promise<Receiver> {
    const receiver = await startReceiver()
    closers.push(async () => await receiver.close())
    receiver.respond(respond)
    return receiver
  }
})
