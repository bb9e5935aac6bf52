import { expect, it } from 'vitest'
import { buildCollector } from '../collector/build-collector.ts'
import type { CollectorOptions } from '../collector/build-collector.ts'
import { COLLECTOR_ROLES } from '../collector-config.ts'
import type { CollectorConfig, CollectorRole } from '../collector-config.ts'
import { parsePolicy } from '../parse-policy.ts'
import { BACKENDS } from '../policy.ts'
import { checkCollector } from './check-collector.ts'
import { COLLECTOR_RULES } from './collector-rules.ts'
import { withFallbacks } from './settings.ts'

const SAMPLED = 'version: 1\nsampling: { rate: 10% }'
const S3 = 'version: 1\ntargets: { archive: s3 }\nlimits: { disk: 30GiB }'
const KAFKA = 'version: 1\ntargets: { transport: kafka }'
const MATCHED = 'version: 1\nclasses: { audit: { match: [{ events: "ledger.*" }, { severity: fatal }] } }'

it.each(COLLECTOR_ROLES)('finds nothing in what is rendered for the role %s, for any backend and policy', (role) => {
  const found = BACKENDS.flatMap((backend) =>
    [SAMPLED, S3, KAFKA, MATCHED, 'version: 1'].flatMap((text) => {
      const policy = parsePolicy(text)
      const problems = checkCollector(buildCollector(policy, { role, backend }), policy, { role, backend })
      return problems.map(({ code, component }) => `${backend}: ${text}: ${code} ${component}`)
    }),
  )
  expect(found).toEqual([])
})

/** A configuration that may be broken. */
type Draft = Record<'receivers' | 'processors' | 'connectors' | 'exporters' | 'extensions', Record<string, Loose>> & {
  service: {
    extensions: string[]
    telemetry: Loose
    pipelines: Record<string, Record<'receivers' | 'processors' | 'exporters', string[]>>
  }
}
// oxlint-disable-next-line typescript/no-explicit-any -- settings of any component, to be changed at any depth
type Loose = any

/** The codes and components that a check finds in a rendered configuration after it was broken. */
function problemsOf(text: string, options: CollectorOptions, breakIt: (draft: Draft) => void): string[] {
  const policy = parsePolicy(text)
  const draft = structuredClone(buildCollector(policy, options)) as unknown as Draft
  breakIt(draft)
  const config = draft as unknown as CollectorConfig
  return checkCollector(config, policy, options).map(({ code, component }) => `${code} ${component}`)
}

const pipeline = (draft: Draft, id: string): Draft['service']['pipelines'][string] => {
  const found = draft.service.pipelines[id]
  if (found === undefined) throw new TypeError(`no pipeline ${id}`)
  return found
}
const without = (list: string[], type: string): void =>
  void list.splice(
    list.findIndex((id) => id.startsWith(type)),
    1,
  )

/** What is found of a gateway that masks nothing. */
const UNMASKED = [
  ...['audit', 'security', 'payment', 'performance', 'application', 'traces', 'metrics'].map(
    (one) => `otlp_http/${one}`,
  ),
  ...['audit', 'security', 'payment'].map((one) => `file/${one}`),
  'load_balancing',
].map((id) => `COLLECTOR_REDACTION exporters/${id}`)

// Each of these breaks one rule of what is rendered, and keeps all the others.
it.each<readonly [what: string, text: string, role: CollectorRole, breakIt: (draft: Draft) => void, found: string[]]>([
  [
    'a pipeline without memory_limiter',
    SAMPLED,
    'single',
    (draft) => without(pipeline(draft, 'traces/in').processors, 'memory_limiter'),
    ['COLLECTOR_MEMORY_LIMITER pipelines/traces/in'],
  ],
  [
    'memory_limiter behind another',
    SAMPLED,
    'agent',
    (draft) => pipeline(draft, 'logs/in').processors.unshift('groupbyattrs'),
    ['COLLECTOR_MEMORY_LIMITER pipelines/logs/in'],
  ],
  [
    'memory_limiter that never looks',
    SAMPLED,
    'sampler',
    (draft) => (draft.processors['memory_limiter'].check_interval = '0s'),
    ['COLLECTOR_MEMORY_LIMITER pipelines/traces/in'],
  ],
  [
    'a batch processor',
    SAMPLED,
    'single',
    (draft) => pipeline(draft, 'logs/payment').processors.push('batch/x'),
    ['COLLECTOR_BATCH pipelines/logs/payment'],
  ],
  [
    'a signal that is not masked by name',
    SAMPLED,
    'gateway',
    (draft) => without(pipeline(draft, 'metrics/in').processors, 'redaction/names'),
    ['COLLECTOR_REDACTION exporters/otlp_http/metrics'],
  ],
  [
    'a signal that is not masked by shape',
    SAMPLED,
    'gateway',
    (draft) => {
      for (const one of ['redaction/cards', 'redaction/values']) without(pipeline(draft, 'metrics/in').processors, one)
    },
    ['COLLECTOR_REDACTION exporters/otlp_http/metrics'],
  ],
  [
    'redaction that has no patterns',
    SAMPLED,
    'gateway',
    (draft) => {
      for (const one of ['redaction/cards', 'redaction/values']) draft.processors[one].blocked_values = []
    },
    UNMASKED,
  ],
  [
    'a transform that lets pass what it cannot mask',
    SAMPLED,
    'gateway',
    (draft) => (draft.processors['transform/secrets'].error_mode = 'ignore'),
    UNMASKED,
  ],
  [
    'a sampler on the way of a durable class',
    SAMPLED,
    'single',
    (draft) => pipeline(draft, 'logs/security').processors.unshift('probabilistic_sampler'),
    ['COLLECTOR_SAMPLER_ON_KEPT processors/probabilistic_sampler'],
  ],
  [
    'spans that are kept from the head, through the sampler',
    SAMPLED,
    'single',
    (draft) => pipeline(draft, 'traces/kept').processors.unshift('tail_sampling'),
    ['COLLECTOR_SAMPLER_ON_KEPT processors/tail_sampling'],
  ],
  [
    'spans that are kept from the head, through a filter of more than links',
    SAMPLED,
    'single',
    (draft) => {
      draft.processors['filter/links'].trace_conditions.push('Len(span.links) > 0 and true or span.kind == 1')
    },
    ['COLLECTOR_SAMPLER_ON_KEPT processors/filter/links'],
  ],
  [
    'spans that one of them marked, around the sampler',
    SAMPLED,
    'single',
    (draft) =>
      draft.connectors['routing/traces'].table.push({
        condition: 'span.attributes["plutus.keep"] == true',
        pipelines: ['traces/kept'],
      }),
    ['COLLECTOR_LATE_KEEP connectors/routing/traces'],
  ],
  [
    'a class with two routes',
    SAMPLED,
    'single',
    (draft) => draft.connectors['routing/logs'].table.push({ ...draft.connectors['routing/logs'].table[1] }),
    ['COLLECTOR_CLASS_ROUTE connectors/routing/logs'],
  ],
  [
    'a class that ends nowhere',
    SAMPLED,
    'agent',
    (draft) => (pipeline(draft, 'logs/payment').exporters = []),
    ['COLLECTOR_CLASS_ROUTE pipelines'],
  ],
  [
    'unknown classes by another way than application',
    SAMPLED,
    'agent',
    (draft) => {
      const { table } = draft.connectors['routing/logs']
      table.push({ condition: 'log.attributes["plutus.data.class"] == "application"', pipelines: ['logs/application'] })
      draft.connectors['routing/logs'].default_pipelines = ['logs/performance']
    },
    ['COLLECTOR_UNKNOWN_CLASS pipelines'],
  ],
  [
    'a filter that judges records of an unknown class',
    SAMPLED,
    'single',
    (draft) => (draft.processors['filter/application'].log_conditions = ['log.severity_number < SEVERITY_NUMBER_WARN']),
    ['COLLECTOR_UNKNOWN_CLASS processors/filter/application'],
  ],
  [
    'a durable class without its archive',
    SAMPLED,
    'gateway',
    (draft) => without(pipeline(draft, 'logs/audit').exporters, 'file'),
    ['COLLECTOR_DURABLE_WAYS pipelines/logs/audit'],
  ],
  [
    'a durable class without its backend',
    SAMPLED,
    'single',
    (draft) => without(pipeline(draft, 'logs/audit').exporters, 'otlp'),
    ['COLLECTOR_DURABLE_WAYS pipelines/logs/audit'],
  ],
  [
    'retries that end',
    SAMPLED,
    'agent',
    (draft) => (draft.exporters['otlp_http/payment'].retry_on_failure.max_elapsed_time = '15m'),
    ['COLLECTOR_RETRY_ENDS exporters/otlp_http/payment'],
  ],
  [
    'retries that end by default',
    SAMPLED,
    'agent',
    (draft) => delete draft.exporters['otlp_http/payment'].retry_on_failure,
    ['COLLECTOR_RETRY_ENDS exporters/otlp_http/payment'],
  ],
  [
    'a durable queue in memory',
    SAMPLED,
    'agent',
    (draft) => delete draft.exporters['otlp_http/payment'].sending_queue.storage,
    ['COLLECTOR_DURABLE_QUEUE exporters/otlp_http/payment'],
  ],
  [
    'a durable queue that is not synced',
    S3,
    'single',
    (draft) => (draft.extensions['file_storage/evidence'].fsync = false),
    ['audit', 'security', 'payment'].flatMap((name) =>
      ['otlp_http', 'awss3'].map((type) => `COLLECTOR_DURABLE_QUEUE exporters/${type}/${name}`),
    ),
  ],
  [
    'a storage that is not started',
    SAMPLED,
    'sampler',
    (draft) => without(draft.service.extensions, 'file_storage/ordinary'),
    ['COLLECTOR_STORAGE exporters/otlp_http/traces'],
  ],
  [
    'an extension that is not defined',
    SAMPLED,
    'sampler',
    (draft) => draft.service.extensions.push('zpages'),
    ['COLLECTOR_STORAGE extensions/zpages'],
  ],
  [
    'a queue bounded by requests',
    SAMPLED,
    'sampler',
    (draft) => (draft.exporters['otlp_http/traces'].sending_queue.sizer = 'requests'),
    ['COLLECTOR_QUEUE_BOUND exporters/otlp_http/traces'],
  ],
  [
    'a storage that is full before its queue',
    SAMPLED,
    'sampler',
    (draft) =>
      (draft.extensions['file_storage/ordinary'].max_size =
        2 * draft.exporters['otlp_http/traces'].sending_queue.queue_size),
    ['COLLECTOR_QUEUE_BOUND extensions/file_storage/ordinary'],
  ],
  [
    'queues larger than the disk',
    SAMPLED,
    'sampler',
    (draft) => {
      draft.exporters['otlp_http/traces'].sending_queue.queue_size = 8 * 2 ** 30 + 1
      delete draft.extensions['file_storage/ordinary'].max_size
    },
    ['COLLECTOR_QUEUES_EXCEED_DISK exporters'],
  ],
  [
    'a batch that gRPC does not take',
    SAMPLED,
    'single',
    (draft) => {
      draft.exporters['otlp_grpc/x'] = structuredClone(draft.exporters['otlp_http/traces'])
      draft.exporters['otlp_grpc/x'].sending_queue.batch.max_size = 4 * 2 ** 20
    },
    ['COLLECTOR_BATCH_TOO_LARGE exporters/otlp_grpc/x'],
  ],
  [
    'more traces than memory',
    SAMPLED,
    'sampler',
    (draft) => (draft.processors['tail_sampling'].num_traces = 52_429),
    ['COLLECTOR_TRACES_EXCEED_MEMORY processors/tail_sampling'],
  ],
  [
    'counts of single batches',
    SAMPLED,
    'single',
    (draft) => without(pipeline(draft, 'metrics/derived').processors, 'delta_to_cumulative'),
    ['COLLECTOR_DELTA_TO_PROMETHEUS exporters/otlp_http/metrics'],
  ],
  [
    'a receiver open to all',
    SAMPLED,
    'sampler',
    (draft) => (draft.receivers['otlp'].protocols.http.endpoint = '${env:PLUTUS_LISTEN:-0.0.0.0}:4318'),
    ['COLLECTOR_LISTENER_OPEN receivers/otlp'],
  ],
  [
    'a receiver open to all who do not have to say who they are',
    SAMPLED,
    'sampler',
    (draft) => (draft.receivers['otlp'].protocols.grpc = { endpoint: ':4317', tls: { cert_file: 'a', key_file: 'b' } }),
    ['COLLECTOR_LISTENER_OPEN receivers/otlp'],
  ],
  [
    'own metrics open to all',
    SAMPLED,
    'sampler',
    (draft) => (draft.service.telemetry.metrics.readers[0].pull.exporter.prometheus.host = '0.0.0.0'),
    ['COLLECTOR_LISTENER_OPEN service/telemetry'],
  ],
])('finds %s', (_what, text, role, breakIt, found) => {
  expect(problemsOf(text, { role }, breakIt).sort()).toEqual([...found].sort())
})

it.each<readonly [what: string, breakIt: (draft: Draft) => void]>([
  [
    'a listener with TLS and certificates of clients',
    (draft) =>
      (draft.receivers['otlp'].protocols.grpc = {
        endpoint: '0.0.0.0:4317',
        tls: { cert_file: 'a', key_file: 'b', client_ca_file: 'c' },
      }),
  ],
  [
    'a batch just below the limit',
    (draft) => (draft.exporters['otlp_http/traces'].sending_queue.batch.max_size = 4 * 2 ** 20 - 1),
  ],
  ['traces that just fit', (draft) => (draft.processors['tail_sampling'].num_traces = 52_428)],
])('accepts %s', (_what, breakIt) => {
  expect(problemsOf(SAMPLED, { role: 'sampler' }, breakIt)).toEqual([])
})

it('says with each problem what to do', () => {
  const policy = parsePolicy(SAMPLED)
  const config = buildCollector(policy, { role: 'sampler' })
  const problems = checkCollector({ ...config, service: { ...config.service, extensions: [] } }, policy, {
    role: 'sampler',
  })
  expect(problems.map(({ message }) => message)).toEqual([
    `otlp_http/traces names file_storage/ordinary, which is not started. ${COLLECTOR_RULES.COLLECTOR_STORAGE.wayOut}`,
  ])
})

it.each([
  ['${env:A}', ''],
  ['${env:A:-b}', 'b'],
  ['${env:A:-${env:B:-c}}:${env:D:-4317}', 'c:4317'],
  ['plain', 'plain'],
])('takes %s for %j where nothing is set', (text, resolved) => {
  expect(withFallbacks(text)).toBe(resolved)
})

it('tells a limiter that is missing from one that never looks', () => {
  const policy = parsePolicy(SAMPLED)
  const config = buildCollector(policy, { role: 'sampler' })
  const { 'traces/in': pipelineIn } = config.service.pipelines
  const bare = { ...config.service, pipelines: { 'traces/in': { ...pipelineIn, processors: [] } } }
  const idle = { ...config.processors, memory_limiter: { limit_mib: 100 } }
  const messagesOf = (changed: CollectorConfig): string[] =>
    checkCollector(changed, policy, { role: 'sampler' }).map(({ message }) => message)
  expect(messagesOf({ ...config, service: bare } as CollectorConfig)).toEqual([
    expect.stringMatching(/^traces\/in does not begin with memory_limiter\. /),
  ])
  expect(messagesOf({ ...config, processors: idle })).toEqual([
    expect.stringMatching(/^memory_limiter of traces\/in has no check interval\. /),
  ])
})
