import type { DataClass } from '@plutus/conventions'
import type { CollectorConfig, CollectorPipeline, CollectorRole, Components } from '../collector-config.ts'
import { CLASS_ORDER } from '../policy-fields.ts'
import { policyHash } from '../policy-hash.ts'
import type { BackendName, Policy } from '../policy.ts'
import { buildArchive } from './archive.ts'
import { buildBackend, buildNextTier, resourceAttributesOf, topicOf } from './backends.ts'
import type { BuiltExporter } from './backends.ts'
import { conditionOfClass } from './class-routing.ts'
import { fromEnv } from './environment.ts'
import { buildLinksFilter } from './links.ts'
import { buildCumulative, buildLogMetrics } from './log-metrics.ts'
import { OUTPUTS } from './outputs.ts'
import type { Output } from './outputs.ts'
import { buildStorages, queueOf } from './queues.ts'
import { buildRedaction, REDACTION } from './redaction.ts'
import { buildLogSampling, buildTailSampling, samplesInCollector } from './sampling.ts'

/** What a collector is rendered for, beside the policy. */
export interface CollectorOptions {
  readonly role: CollectorRole
  /** @defaultValue the policy's `targets.backend` */
  readonly backend?: BackendName
  /** `mutual-tls` for listeners beyond this machine: a certificate on both sides. @defaultValue 'plain', for loopback */
  readonly listen?: 'plain' | 'mutual-tls'
}

type Pipelines = Record<string, CollectorPipeline>

const DEFAULT_CLASS = 'application'
const ROUTED = CLASS_ORDER.filter((name) => name !== DEFAULT_CLASS)
const MIB = 2 ** 20
const MEMORY_SHARE = 0.8
const MEMORY_SPIKE_SHARE = 0.2
const MAX_MESSAGE_MIB = 16

/**
 * Builds the configuration of one collector of a deployment:
 *
 * - `single`: one process that does it all;
 * - `agent`: beside a service; masks, and has a queue of its own towards the gateway;
 * - `gateway`: masks again, counts, routes by class, archives; sends spans to the samplers if there is something to choose;
 * - `sampler`: chooses whole traces. Only gateways send to it.
 */
export function buildCollector(policy: Policy, options: CollectorOptions): CollectorConfig {
  switch (options.role) {
    case 'agent':
      return buildAgent(policy, options)
    case 'sampler':
      return buildSampler(policy, options)
    case 'single':
    case 'gateway':
      return buildDeciding(policy, options)
  }
}

/** Routes each class into its own queue towards the next tier, and decides nothing. */
function buildAgent(policy: Policy, options: CollectorOptions): CollectorConfig {
  const next = mapOutputs((output) => buildNextTier(policy, output))
  const pipelines: Pipelines = {
    'logs/in': enter(['routing/logs']),
    ...Object.fromEntries(CLASS_ORDER.map((name) => [`logs/${name}`, leave('routing/logs', [], [next[name].id])])),
    'traces/in': enterTraces(policy, [next.traces.id]),
    'metrics/in': enter([next.metrics.id]),
  }
  return assemble(policy, options, {
    processors: { ...buildLimiter(policy), ...buildLinksFilter(policy), ...buildRedaction() },
    connectors: buildLogRouting(policy),
    exporters: Object.values(next),
    storages: OUTPUTS,
    pipelines,
  })
}

function buildDeciding(policy: Policy, options: CollectorOptions): CollectorConfig {
  const { role, backend = policy.targets.backend } = options
  const samples = samplesInCollector(policy.sampling)
  const out = mapOutputs((output) => buildBackend(policy, backend, output))
  const archived = CLASS_ORDER.filter((name) => policy.classes[name].durable || policy.classes[name].archiveDays > 0)
  const archives = archived.map((name) => [name, buildArchive(policy, name)] as const)
  const archiveOf = new Map<DataClass, BuiltExporter>(archives)
  const sampled = samples ? CLASS_ORDER.filter((name) => policy.classes[name].keep !== 'all') : []
  const metrics = buildLogMetrics(policy)
  const hasMetrics = Object.keys(metrics).length > 0
  // Datadog takes sums that start again with every batch, and no others.
  const cumulative = backend === 'datadog' ? {} : buildCumulative()
  const eventNames = backend === 'grafana' || backend === 'clickhouse' ? buildEventNames() : {}
  const pipelines: Pipelines = {
    'logs/in': enter(['routing/logs', ...Object.keys(metrics)], Object.keys(eventNames)),
    ...Object.fromEntries(
      CLASS_ORDER.map((name) => {
        const archive = archiveOf.get(name)
        const processors = [...(sampled.includes(name) ? [`filter/${name}`] : []), `resource/${name}`]
        return [`logs/${name}`, leave('routing/logs', processors, [out[name].id, ...(archive ? [archive.id] : [])])]
      }),
    ),
    ...buildTracePipelines(policy, role, out.traces.id),
    'metrics/in': enter([out.metrics.id], [...Object.keys(cumulative), 'resource/metrics']),
    ...(hasMetrics
      ? {
          'metrics/derived': leave(
            'signal_to_metrics',
            [...Object.keys(cumulative), 'resource/metrics'],
            [out.metrics.id],
          ),
        }
      : {}),
  }
  const balancing = samples && role === 'gateway' ? [buildLoadBalancing(policy)] : []
  return assemble(policy, options, {
    processors: {
      ...buildLimiter(policy),
      ...buildLinksFilter(policy),
      ...buildRedaction(),
      ...Object.fromEntries(OUTPUTS.map((output) => [`resource/${output}`, buildResource(policy, backend, output)])),
      ...Object.fromEntries(sampled.map((name) => [`filter/${name}`, buildLogSampling(policy, name)])),
      ...(samples && role === 'single' ? buildTailSampling(policy) : {}),
      ...eventNames,
      ...cumulative,
    },
    connectors: { ...buildLogRouting(policy), ...(samples ? buildTraceRouting() : {}), ...metrics },
    exporters: [...Object.values(out), ...archives.map(([, archive]) => archive), ...balancing],
    storages: OUTPUTS,
    pipelines,
  })
}

/** Spans of traces that were kept from their first span on go around the sampler, all others through it. */
function buildTracePipelines(policy: Policy, role: CollectorRole, exporter: string): Pipelines {
  if (!samplesInCollector(policy.sampling)) return { 'traces/in': enterTraces(policy, [exporter], ['resource/traces']) }
  const isSingle = role === 'single'
  return {
    'traces/in': enterTraces(policy, ['routing/traces']),
    'traces/kept': leave('routing/traces', ['resource/traces'], [exporter]),
    'traces/sampled': isSingle
      ? leave('routing/traces', ['tail_sampling', 'resource/traces'], [exporter])
      : leave('routing/traces', [], ['load_balancing']),
  }
}

function buildSampler(policy: Policy, options: CollectorOptions): CollectorConfig {
  const { backend = policy.targets.backend } = options
  const out = buildBackend(policy, backend, 'traces')
  const sampling = samplesInCollector(policy.sampling) ? buildTailSampling(policy) : {}
  return assemble(policy, options, {
    processors: { ...buildLimiter(policy), ...sampling, 'resource/traces': buildResource(policy, backend, 'traces') },
    connectors: {},
    exporters: [out],
    storages: ['traces'],
    pipelines: {
      'traces/in': {
        receivers: ['otlp'],
        processors: ['memory_limiter', ...Object.keys(sampling), 'resource/traces'],
        exporters: [out.id],
      },
    },
  })
}

interface Parts {
  readonly processors: Components
  readonly connectors: Components
  readonly exporters: readonly BuiltExporter[]
  readonly storages: readonly Output[]
  readonly pipelines: Readonly<Pipelines>
}

function assemble(policy: Policy, options: CollectorOptions, parts: Parts): CollectorConfig {
  const extensions: Components = {
    health_check: { endpoint: listenOn('PLUTUS_HEALTH_PORT') },
    ...buildStorages(policy, parts.storages),
    ...Object.assign({}, ...parts.exporters.map((one) => one.extensions)),
  }
  const receivers = buildReceivers(policy, options)
  const used = new Set(Object.values(parts.pipelines).flatMap((pipeline) => pipeline.exporters))
  return {
    receivers,
    processors: parts.processors,
    connectors: parts.connectors,
    exporters: Object.assign({}, ...parts.exporters.filter(({ id }) => used.has(id)).map((one) => one.exporters)),
    extensions,
    service: {
      extensions: Object.keys(extensions),
      telemetry: {
        metrics: {
          level: 'normal',
          readers: [
            {
              pull: {
                exporter: { prometheus: { host: fromEnv('PLUTUS_LISTEN'), port: fromEnv('PLUTUS_TELEMETRY_PORT') } },
              },
            },
          ],
        },
      },
      pipelines: withReceivers(parts.pipelines, receivers),
    },
  }
}

function buildReceivers(policy: Policy, { role, listen = 'plain' }: CollectorOptions): Components {
  const tls = {
    cert_file: fromEnv('PLUTUS_LISTEN_CERTIFICATE'),
    key_file: fromEnv('PLUTUS_LISTEN_KEY'),
    client_ca_file: fromEnv('PLUTUS_LISTEN_CLIENT_CA'),
  }
  const secured = listen === 'mutual-tls' ? { tls } : {}
  const grpc = {
    endpoint: listenOn('PLUTUS_LISTEN_GRPC_PORT'),
    max_recv_msg_size_mib: MAX_MESSAGE_MIB,
    ...secured,
  }
  const otlp = { protocols: { grpc, http: { endpoint: listenOn('PLUTUS_LISTEN_HTTP_PORT'), ...secured } } }
  if (role !== 'gateway' || policy.targets.transport !== 'kafka') return { otlp }
  return {
    otlp,
    kafka: {
      brokers: fromEnv('PLUTUS_KAFKA_BROKERS'),
      tls: fromEnv('PLUTUS_KAFKA_TLS'),
      auth: fromEnv('PLUTUS_KAFKA_AUTH'),
      group_id: 'plutus-gateway',
      initial_offset: 'earliest',
      logs: { topics: CLASS_ORDER.map(topicOf) },
      traces: { topics: [topicOf('traces')] },
      metrics: { topics: [topicOf('metrics')] },
      // A message counts as read when its records are in a queue, not before. One that is no OTLP is told and passed over:
      // it would stop its partition, also after a restart.
      message_marking: { after: true, on_error: false, on_permanent_error: true },
      error_backoff: { enabled: true, initial_interval: '1s', max_interval: '10s', max_elapsed_time: '0s' },
    },
  }
}

function withReceivers(pipelines: Readonly<Pipelines>, receivers: Components): Pipelines {
  const all = Object.keys(receivers)
  return Object.fromEntries(
    Object.entries(pipelines).map(([id, pipeline]) => [
      id,
      pipeline.receivers.includes('otlp') ? { ...pipeline, receivers: all } : pipeline,
    ]),
  )
}

function buildLimiter(policy: Policy): Components {
  const limit = Math.floor((policy.limits.memoryBytes * MEMORY_SHARE) / MIB)
  const spike = Math.floor(limit * MEMORY_SPIKE_SHARE)
  return { memory_limiter: { check_interval: '1s', limit_mib: limit, spike_limit_mib: spike } }
}

/** What no class claims is application's. */
function buildLogRouting(policy: Policy): Components {
  const table = ROUTED.map((name) => ({ condition: conditionOfClass(policy, name), pipelines: [`logs/${name}`] }))
  return { 'routing/logs': { default_pipelines: [`logs/${DEFAULT_CLASS}`], table } }
}

/** Loki leaves out the names of events, ClickHouse's exporter at times, but both keep attributes. After redaction, which has masked the name. */
function buildEventNames(): Components {
  const statements = ['set(log.attributes["event.name"], log.event_name) where log.event_name != ""']
  return { 'transform/event_name': { error_mode: 'ignore', log_statements: [{ statements }] } }
}

function buildTraceRouting(): Components {
  const table = [{ condition: 'span.attributes["plutus.keep.head"] == true', pipelines: ['traces/kept'] }]
  return { 'routing/traces': { default_pipelines: ['traces/sampled'], table } }
}

/** Puts on the resource, where backends look, of which class its records are, whatever a sender wrote there. */
function buildResource(policy: Policy, backend: BackendName, output: Output): Readonly<Record<string, unknown>> {
  const isClass = output !== 'traces' && output !== 'metrics'
  const attributes = {
    ...(isClass ? { 'plutus.data.class': output } : {}),
    ...(output === 'metrics' ? {} : { 'plutus.policy.hash': policyHash(policy) }),
    ...resourceAttributesOf(backend, output),
  }
  const actions = Object.entries(attributes).map(([key, value]) => ({ key, value, action: 'upsert' }))
  // Of metrics nothing is said: an attribute more would make all series new ones with every policy.
  return { attributes: actions.length > 0 ? actions : [{ key: 'plutus.data.class', action: 'delete' }] }
}

function buildLoadBalancing(policy: Policy): BuiltExporter {
  const { retry_on_failure, sending_queue } = queueOf(policy, 'traces')
  return {
    id: 'load_balancing',
    exporters: {
      load_balancing: {
        routing_key: 'traceID',
        resolver: fromEnv('PLUTUS_SAMPLERS'),
        protocol: {
          otlp: {
            tls: {
              insecure: fromEnv('PLUTUS_SAMPLERS_INSECURE'),
              ca_file: fromEnv('PLUTUS_SAMPLERS_CERTIFICATE'),
              cert_file: fromEnv('PLUTUS_OTLP_CLIENT_CERTIFICATE'),
              key_file: fromEnv('PLUTUS_OTLP_CLIENT_KEY'),
            },
            timeout: '5s',
            sending_queue: { enabled: false },
          },
        },
        timeout: '10s',
        retry_on_failure,
        sending_queue,
      },
    },
    extensions: {},
  }
}

/** A pipeline that telemetry enters by: bounded first, then masked. */
function enter(exporters: readonly string[], processors: readonly string[] = []): CollectorPipeline {
  return { receivers: ['otlp'], processors: ['memory_limiter', ...REDACTION, ...processors], exporters }
}

/** The same for spans, of which some cannot be masked and go no further. */
function enterTraces(
  policy: Policy,
  exporters: readonly string[],
  processors: readonly string[] = [],
): CollectorPipeline {
  const filters = Object.keys(buildLinksFilter(policy))
  return {
    receivers: ['otlp'],
    processors: ['memory_limiter', ...filters, ...REDACTION, ...processors],
    exporters,
  }
}

function leave(connector: string, processors: readonly string[], exporters: readonly string[]): CollectorPipeline {
  return { receivers: [connector], processors, exporters }
}

function mapOutputs<T>(build: (output: Output) => T): Readonly<Record<Output, T>> {
  return Object.fromEntries(OUTPUTS.map((output) => [output, build(output)])) as Record<Output, T>
}

function listenOn(port: string): string {
  return `${fromEnv('PLUTUS_LISTEN')}:${fromEnv(port)}`
}
