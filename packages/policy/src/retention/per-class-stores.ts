import { policyHash } from '../policy-hash.ts'
import { CLASS_ORDER } from '../policy-fields.ts'
import type { Policy } from '../policy.ts'
import { headOf, jsonFile } from './rendered-file.ts'
import type { RenderedFile } from './rendered-file.ts'
import { tracesDays } from './traces-days.ts'

const SECONDS_PER_DAY = 86_400
// Those that CloudWatch knows.
const CLOUDWATCH_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]
const VICTORIA_PORT = 9428

/**
 * Renders the arguments of VictoriaLogs: it knows one period per process, so each class has a process, and the collector
 * sends to each by its own variable. Records that are older than the period are refused.
 */
export function renderVictoriaLogs(policy: Policy): RenderedFile {
  const processes = CLASS_ORDER.map((name, at) => {
    const port = VICTORIA_PORT + at
    return [
      name,
      {
        arguments: [
          `-retentionPeriod=${policy.classes[name].searchableDays}d`,
          `-storageDataPath=victoria-logs/${name}`,
          `-httpListenAddr=127.0.0.1:${port}`,
        ],
        environment: {
          [`PLUTUS_OTLP_ENDPOINT_${name.toUpperCase()}`]: `http://127.0.0.1:${port}/insert/opentelemetry`,
        },
      },
    ] as const
  })
  return jsonFile('victorialogs.json', { policy: policyHash(policy), processes: Object.fromEntries(processes) })
}

/**
 * Renders `indexes.conf` for Splunk: an index for each class, one for spans, and one of the kind that metrics need. Splunk
 * refuses for good what is meant for an index that is not there.
 */
export function renderSplunk(policy: Policy): RenderedFile {
  const outputs = [
    ...CLASS_ORDER.map((name) => [name, policy.classes[name].searchableDays] as const),
    ['traces', tracesDays(policy)] as const,
  ]
  const stanzas = [
    ...outputs.map(([name, days]) => splunkIndex(name, `frozenTimePeriodInSecs = ${days * SECONDS_PER_DAY}`)),
    // The policy says nothing of metrics: Splunk's own period holds.
    splunkIndex('metrics', 'datatype = metric'),
  ]
  return {
    name: 'splunk-indexes.conf',
    text: `${headOf('#', 'indexes in Splunk', policyHash(policy))}\n${stanzas.join('')}`,
  }
}

function splunkIndex(name: string, setting: string): string {
  const places = ['home', 'cold', 'thawed'].map((kind) => {
    return `${kind}Path = $SPLUNK_DB/plutus_${name}/${kind === 'home' ? '' : kind}db`
  })
  return ['', `[plutus_${name}]`, ...places, setting, ''].join('\n')
}

/** Renders retention of log groups in CloudWatch, by what `put-retention-policy` takes; the next longer one that it knows. */
export function renderCloudWatch(policy: Policy): RenderedFile {
  const groups = CLASS_ORDER.map((name) => {
    const { searchableDays } = policy.classes[name]
    const retentionInDays = CLOUDWATCH_DAYS.find((days) => days >= searchableDays)
    // Longer than the longest is for ever, which is what a group without a policy does.
    return { logGroupName: `/plutus/${name}`, ...(retentionInDays === undefined ? {} : { retentionInDays }) }
  })
  return jsonFile('cloudwatch.json', { policy: policyHash(policy), groups })
}

/**
 * Renders indexes of Datadog, by what its API for logs takes (`POST /api/v1/logs/config/indexes`), and their order: a record
 * goes into the first that fits. Datadog has the periods of a contract and refuses others, so none is shortened unsaid.
 */
export function renderDatadog(policy: Policy): RenderedFile {
  const indexes = CLASS_ORDER.map((name) => ({
    name: `plutus-${name}`,
    filter: { query: `@plutus.data.class:${name}` },
    num_retention_days: policy.classes[name].searchableDays,
  }))
  const order = { index_names: indexes.map(({ name }) => name) }
  return jsonFile('datadog.json', { policy: policyHash(policy), indexes, order })
}
