import { collectorBinary } from '@plutus/otelcol-distribution'
import { CLASS_ORDER, renderCollector, renderRetention } from '@plutus/policy'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backends, BACKENDS_BUILD_MILLIS } from './src/backends.ts'
import type { Backend } from './src/backends.ts'
import { logsRequest, newTraceId } from './src/otlp-json.ts'
import { smallPolicy } from './src/renderings.ts'
import { removeCollectors, startCollector } from './src/running-collector.ts'
import type { RunningCollector } from './src/running-collector.ts'

const DAY_MILLIS = 86_400_000
const ARRIVAL_MILLIS = 60_000
const reason = collectorBinary.reason || backends.reason
const policy = smallPolicy('targets: { archive: s3, backend: victoria }')
const traceId = newTraceId()
const running: Backend[] = []
let collector: RunningCollector
let [logsUrl, metricsUrl, s3Url] = ['', '', '']

/** Arguments of VictoriaLogs for payments, as they are rendered, but for where it listens and stores. */
function renderedArguments(address: string, folder: string): readonly string[] {
  const file = renderRetention(policy).find(({ name }) => name === 'victorialogs.json')
  const { processes } = JSON.parse(file?.text ?? '{}') as { processes: Record<string, { arguments: string[] }> }
  return (processes['payment']?.arguments ?? []).map((argument) =>
    argument.replace(/^(-storageDataPath)=.*/, `$1=${folder}`).replace(/^(-httpListenAddr)=.*/, `$1=${address}`),
  )
}

const payment = (id: string, ageDays = 0) => ({
  traceId,
  severity: 9,
  eventName: 'payment.attempt',
  body: `payment ${id}`,
  at: Date.now() - ageDays * DAY_MILLIS,
  attributes: { 'plutus.data.class': 'payment', 'payment.id': id, 'payment.currency': 'EUR', 'payment.method': 'card' },
})

describe.skipIf(reason !== '')(`real backends${reason && ` (${reason})`}`, () => {
  beforeAll(async () => {
    await backends.ensure()
    const logs = await backends.start('victoria-logs', renderedArguments)
    const metrics = await backends.start('victoria-metrics', (address, folder) => [
      `-storageDataPath=${folder}`,
      `-httpListenAddr=${address}`,
      '-search.latencyOffset=0s',
    ])
    const s3 = await backends.start('gofakes3', (address) => [
      '-host',
      address,
      '-backend',
      'memory',
      '-initialbucket',
      'archive',
    ])
    running.push(logs, metrics, s3)
    ;[logsUrl, metricsUrl, s3Url] = [logs.url, metrics.url, s3.url]
    await fetch(`${s3Url}/locked`, { method: 'PUT' }) // a second bucket
    collector = await startCollector(renderCollector(policy, { role: 'single' }), {
      env: {
        PLUTUS_OTLP_ENDPOINT: `${logsUrl}/insert/opentelemetry`,
        PLUTUS_OTLP_ENDPOINT_METRICS: `${metricsUrl}/opentelemetry`,
        PLUTUS_S3_BUCKET: 'archive',
        PLUTUS_S3_BUCKET_AUDIT: 'locked',
        PLUTUS_S3_ENDPOINT: s3Url,
        PLUTUS_S3_PATH_STYLE: 'true',
        AWS_ACCESS_KEY_ID: 'none',
        AWS_SECRET_ACCESS_KEY: 'none',
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    })
    const records = [payment('now'), payment('young', 59), payment('old', 61), payment('now-2')]
    await collector.send('logs', logsRequest(records, { resource: { 'service.name': 'shop' } }))
  }, BACKENDS_BUILD_MILLIS)
  afterAll(async () => {
    removeCollectors()
    await Promise.all(running.map(async (backend) => await backend.close()))
  })

  it('finds records in VictoriaLogs by trace and by class, those within the period and no older ones', async () => {
    const query = async (text: string): Promise<string[]> => {
      const answer = await fetch(`${logsUrl}/select/logsql/query?query=${encodeURIComponent(text)}`)
      const lines = (await answer.text()).split('\n').filter((line) => line !== '')
      return lines.map((line) => String((JSON.parse(line) as Record<string, unknown>)['payment.id'])).sort()
    }
    const byTrace = `_time:100y trace_id:="${traceId}"`
    await until(async () => (await query(byTrace)).length >= 3)
    expect(await query(byTrace)).toEqual(['now', 'now-2', 'young'])
    expect(await query('_time:100y {plutus.data.class="payment"} payment.id:="now"')).toEqual(['now'])
    expect(await query('_time:100y {plutus.data.class="audit"}')).toEqual([])
  })

  it('counts in VictoriaMetrics what the policy says, and goes on counting with the next batch', async () => {
    const count = async (): Promise<number> => {
      const query = encodeURIComponent('sum({__name__=~"payment.attempts.*",payment.currency="EUR"})')
      const { data } = (await (await fetch(`${metricsUrl}/api/v1/query?nocache=1&query=${query}`)).json()) as {
        data: { result: { value: [number, string] }[] }
      }
      return Number(data.result[0]?.value[1] ?? 0)
    }
    await until(async () => (await count()) === 4)
    expect(
      await collector.send('logs', logsRequest([payment('later')], { resource: { 'service.name': 'shop' } })),
    ).toBe(200)
    await until(async () => (await count()) === 5) // a sum, not the last batch
    expect(await count()).toBe(5)
  })

  it('archives in S3 what has a bucket of its own there, and nowhere else', async () => {
    const audit = { attributes: { 'plutus.data.class': 'audit' }, body: 'who did what' }
    expect(await collector.send('logs', logsRequest([audit]))).toBe(200)
    await collector.stop() // which sends what waits for more
    const [key = '', ...others] = keysIn(await (await fetch(`${s3Url}/locked?list-type=2`)).text())
    expect(key).toMatch(/^audit\/year=/)
    expect(others).toEqual([])
    expect(await (await fetch(`${s3Url}/locked/${key}`)).text()).toContain('who did what')
  })

  it('archives in S3, in a prefix per class and by the hour, what must not be lost', async () => {
    const list = await (await fetch(`${s3Url}/archive?list-type=2`)).text()
    const keys = keysIn(list)
    expect(keys).not.toEqual([])
    expect(keys.every((key) => /^payment\/year=\d{4}\/month=\d\d\/day=\d\d\/hour=\d\d\/payment_.+/.test(key))).toBe(
      true,
    )
    // Whoever reads them over HTTP gets the text: their encoding is told, gzip.
    const objects = await Promise.all(keys.map(async (key) => await fetch(`${s3Url}/archive/${key}`)))
    expect(new Set(objects.map(({ headers }) => headers.get('content-encoding')))).toEqual(new Set(['gzip']))
    const text = (await Promise.all(objects.map(async (object) => await object.text()))).join('\n')
    for (const id of ['now', 'young', 'old', 'later']) expect(text).toContain(`payment ${id}"`)
    expect(CLASS_ORDER.filter((name) => name !== 'payment').filter((name) => list.includes(`${name}_`))).toEqual([])
  })
})

function keysIn(list: string): readonly string[] {
  return [...list.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = '']) => key)
}

async function until(probe: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + ARRIVAL_MILLIS; !(await probe()) && performance.now() < end;) {
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
