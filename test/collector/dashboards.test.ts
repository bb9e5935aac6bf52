import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { collectorBinary } from '@plutus/otelcol-distribution'
import { builtInPolicy, COLLECTOR_METRICS, renderCollector, renderDashboards } from '@plutus/policy'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { logsRequest, newTraceId, tracesRequest } from './src/otlp-json.ts'
import { promtool, PROMTOOL_BUILD_MILLIS } from './src/promtool.ts'
import { A_TENTH, smallPolicy } from './src/renderings.ts'
import { removeCollectors, startCollector } from './src/running-collector.ts'

const { reason } = collectorBinary
// What only a full queue, a full disk or a full memory makes, and what this run sends nothing of.
const UNSEEN = /enqueue_failed|memory_limiter_refused|metric_points|send_failed_spans/
const WAIT_MILLIS = 60_000
afterAll(removeCollectors)

describe.skipIf(reason !== '')(`metrics of the collector${reason && ` (${reason})`}`, () => {
  it('are in the binary, those too that only trouble makes', async () => {
    const binary = readFileSync(await collectorBinary.ensure())
    const unseen = Object.keys(COLLECTOR_METRICS).filter((name) => UNSEEN.test(name))
    expect(unseen.filter((name) => !binary.includes(name))).toEqual([])
  })

  it('have the names and labels by which dashboards and rules ask for them', async () => {
    const backend = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(request.url === '/v1/logs' ? 400 : 200).end())
    }).listen(0, '127.0.0.1')
    await once(backend, 'listening')
    try {
      const endpoint = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`
      const collector = await startCollector(renderCollector(smallPolicy(A_TENTH), { role: 'single' }), {
        env: { PLUTUS_OTLP_ENDPOINT: endpoint },
      })
      await collector.send('logs', logsRequest([{ attributes: { 'plutus.data.class': 'payment' } }]))
      await collector.send('traces', tracesRequest([{ traceId: newTraceId(), isError: true }]))
      const wanted = Object.entries(COLLECTOR_METRICS).filter(([name]) => !UNSEEN.test(name))
      const missing = async (): Promise<readonly string[]> => {
        const answer = await fetch(`http://127.0.0.1:${collector.ports.telemetry}/metrics`)
        const lines = (await answer.text()).split('\n')
        return wanted
          .filter(([name, labels]) => {
            const series = lines.filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
            return !series.some((line) => labels.every((label) => new RegExp(`[{,]${label}="`).test(line)))
          })
          .map(([name]) => name)
      }
      let last = await missing()
      for (const start = performance.now(); last.length > 0 && performance.now() - start < WAIT_MILLIS;) {
        await new Promise((resolve) => setTimeout(resolve, 100))
        last = await missing()
      }
      expect(last).toEqual([])
      await collector.stop()
    } finally {
      backend.close()
    }
  })
})

describe.skipIf(promtool.reason !== '')(`dashboards by promtool${promtool.reason && ` (${promtool.reason})`}`, () => {
  let folder = ''
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'plutus-dashboards-'))
    await promtool.ensure()
  }, PROMTOOL_BUILD_MILLIS)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const write = (name: string, content: unknown): void => writeFileSync(join(folder, name), JSON.stringify(content))

  it('have queries that Prometheus itself takes', async () => {
    const rules = promqlOf().map(({ expr }, at) => ({ record: `query_${at}`, expr }))
    write('queries.yaml', { groups: [{ name: 'dashboards', rules }] })
    expect(rules.length).toBeGreaterThan(60)
    expect(await promtool.run(['check', 'rules', 'queries.yaml'], folder)).toMatchObject({ code: 0 })
  })

  it('have a score that falls with the worst, to 0 when an alert fires, and is absent without telemetry', async () => {
    const score = promqlOf().find(({ panel }) => panel === 'Health score')?.expr
    const requests = (status: string, values: string): object => ({
      series: `http_server_request_duration_seconds_count{job="a",http_response_status_code="${status}"}`,
      values,
    })
    const well = requests('200', '0+90x20')
    const failures = (values: string): object => ({
      series: 'payment_completions_total{payment_status="failed",job="a"}',
      values,
    })
    const cases: readonly (readonly [string, readonly object[], number | undefined])[] = [
      ['no telemetry', [], undefined],
      ['all is well', [well], 100],
      ['a tenth of the requests fails', [well, requests('503', '0+10x20')], 90],
      ['half of an alert', [well, requests('503', '0+10x20'), failures('7x14 32x6')], 50],
      ['an alert', [well, failures('7x14 57x6')], 0],
      ['twice an alert', [well, failures('7x14 107x6')], 0],
      [
        'a queue of one collector is filling',
        [
          well,
          { series: 'otelcol_exporter_queue_size{exporter="a"}', values: '75x20' },
          { series: 'otelcol_exporter_queue_capacity{exporter="a"}', values: '100x20' },
        ],
        25,
      ],
    ]
    const tests = cases.map(([name, series, value]) => ({
      name,
      interval: '1m',
      input_series: series,
      promql_expr_test: [
        { expr: score, eval_time: '15m', exp_samples: value === undefined ? [] : [{ labels: '{}', value }] },
      ],
    }))
    write('score.test.yaml', { tests, fuzzy_compare: true })
    expect(await promtool.run(['test', 'rules', 'score.test.yaml'], folder)).toMatchObject({ code: 0 })
  })
})

/** The queries in PromQL of all dashboards of the built-in policy, with what Grafana fills in. */
function promqlOf(): readonly { readonly panel: string; readonly expr: string }[] {
  return renderDashboards(builtInPolicy()).flatMap(({ text }) => {
    const { panels } = JSON.parse(text) as { panels: readonly RenderedPanel[] }
    return panels.flatMap(({ title, targets = [] }) =>
      targets
        .filter(({ datasource }) => datasource.type === 'prometheus')
        .map(({ expr }) => ({
          panel: title,
          expr: expr.replaceAll('$job', '.*').replaceAll(/\$__(?:rate_interval|range)/g, '5m'),
        })),
    )
  })
}

interface RenderedPanel {
  readonly title: string
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly type: string } }[]
}
