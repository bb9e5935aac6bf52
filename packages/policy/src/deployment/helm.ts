import { stringify } from 'yaml'
import type { CollectorRole } from '../collector-config.ts'
import { buildCollector } from '../collector/build-collector.ts'
import type { CollectorOptions } from '../collector/build-collector.ts'
import { goSettingsOf } from '../collector/go-settings.ts'
import { policyHash } from '../policy-hash.ts'
import type { Policy } from '../policy.ts'
import { headOf } from '../retention/rendered-file.ts'
import type { RenderedFile } from '../retention/rendered-file.ts'
import {
  deployedCollector,
  describeVariables,
  IMAGE,
  PLACES,
  quantityOf,
  rolesOfTiers,
  SAMPLERS,
  speaksOutside,
  USER_ID,
} from './deployed-collector.ts'
import type { DeployedCollector, DeploymentOptions } from './deployed-collector.ts'

/** The oldest version of the chart `opentelemetry-collector` that takes these values. */
const CHART_VERSION = '0.170.0'
const SECRET = 'plutus-collector'
const TLS_SECRET = 'plutus-collector-tls'
const TLS = { cert: `${PLACES.tls}/tls.crt`, key: `${PLACES.tls}/tls.key`, authority: `${PLACES.tls}/ca.crt` }
const READABLE_BY_GROUP = 0o440
// A single process sees whole traces only alone.
const REPLICAS: Readonly<Record<CollectorRole, number>> = { single: 1, agent: 2, gateway: 2, sampler: SAMPLERS }
// A large queue is compacted before the first probe is answered.
const START_SECONDS = 600
const PROBE_SECONDS = 10
const END_SECONDS = 60
const EVERYBODY = { namespaceSelector: {} }

type Environment = Readonly<Record<string, string>>

/**
 * Renders values of the chart `opentelemetry-collector`, one file for each role. Every role is a stateful set: a queue
 * outlives its pod. What listens asks for certificates on both sides, and a network policy lets in who has to send.
 */
export function renderHelmValues(policy: Policy, options: DeploymentOptions): readonly RenderedFile[] {
  return (['single', ...rolesOfTiers(policy)] as const).map((role) => {
    const wanted = { ...options, role, listen: 'mutual-tls' } as const
    const collector = deployedCollector(policy, wanted)
    const environment = environmentFor(policy, collector)
    const values = valuesOf(policy, wanted, collector, environment)
    const text = stringify(values, { lineWidth: 0, aliasDuplicateObjects: false })
    return { name: `helm-${role}.yaml`, text: `${describe(policy, collector).join('\n')}\n${text}` }
  })
}

function describe(policy: Policy, collector: DeployedCollector): readonly string[] {
  const { role, hasArchive } = collector
  const variables = speaksOutside(policy, role) ? describeVariables([collector]) : []
  return [
    headOf('#', `Helm values, role ${role}`, policyHash(policy)),
    `# For the chart opentelemetry-collector, from version ${CHART_VERSION} on:`,
    `#   helm install plutus-${role} opentelemetry-collector --repo https://open-telemetry.github.io/opentelemetry-helm-charts -f helm-${role}.yaml`,
    `# The secret ${TLS_SECRET} holds tls.crt, tls.key and ca.crt, as cert-manager writes them: for plutus-${role}${role === 'sampler' ? ' and *.plutus-sampler' : ''}, for servers`,
    '# and for clients. Whoever sends has to have a certificate of the same authority.',
    ...(hasArchive
      ? [
          '# The volume of the archive has the size of limits.disk and grows with time: size it, or set targets.archive to s3.',
        ]
      : []),
    ...(variables.length > 0 ? [`# The secret ${SECRET} may hold these variables:`, ...variables] : []),
  ]
}

/** What is known inside the cluster. The rest comes from a secret. */
function environmentFor({ targets }: Policy, { role, hasArchive, text }: DeployedCollector): Environment {
  const client = { PLUTUS_OTLP_CLIENT_CERTIFICATE: TLS.cert, PLUTUS_OTLP_CLIENT_KEY: TLS.key }
  const hosts = Array.from({ length: SAMPLERS }, (_none, at) => `"plutus-sampler-${at}.plutus-sampler:4317"`)
  return {
    PLUTUS_QUEUE_DIR: PLACES.queue,
    ...(hasArchive ? { PLUTUS_ARCHIVE_DIR: PLACES.archive } : {}),
    PLUTUS_LISTEN_CERTIFICATE: TLS.cert,
    PLUTUS_LISTEN_KEY: TLS.key,
    PLUTUS_LISTEN_CLIENT_CA: TLS.authority,
    ...(role === 'agent' && targets.transport === 'otlp'
      ? { PLUTUS_OTLP_ENDPOINT: 'https://plutus-gateway:4318', PLUTUS_OTLP_CERTIFICATE: TLS.authority, ...client }
      : {}),
    ...(text.includes('PLUTUS_SAMPLERS')
      ? {
          PLUTUS_SAMPLERS: `{static: {hostnames: [${hosts.join(', ')}]}}`,
          PLUTUS_SAMPLERS_INSECURE: 'false',
          PLUTUS_SAMPLERS_CERTIFICATE: TLS.authority,
          ...client,
        }
      : {}),
  }
}

function valuesOf(
  policy: Policy,
  options: CollectorOptions,
  { role, hasArchive }: DeployedCollector,
  environment: Environment,
): unknown {
  const volumes = hasArchive ? (['queue', 'archive'] as const) : (['queue'] as const)
  const memory = quantityOf(policy.limits.memoryBytes)
  const probe = { httpGet: { port: 13_133, path: '/' } }
  return {
    fullnameOverride: `plutus-${role}`,
    mode: 'statefulset',
    replicaCount: REPLICAS[role],
    image: IMAGE,
    // In place of the chart's own configuration, which `config` would only be added to.
    alternateConfig: escapeTemplates(buildCollector(policy, options)),
    podAnnotations: { 'plutus/policy': policyHash(policy) },
    podLabels: { 'plutus-role': role },
    serviceAccount: { create: true, automountServiceAccountToken: false },
    extraEnvs: [
      { name: 'PLUTUS_LISTEN', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      ...Object.entries({ ...goSettingsOf(policy), ...environment }).map(([name, value]) => ({ name, value })),
    ],
    ...(speaksOutside(policy, role) ? { extraEnvsFrom: [{ secretRef: { name: SECRET, optional: true } }] } : {}),
    extraVolumes: [{ name: 'tls', secret: { secretName: TLS_SECRET, defaultMode: READABLE_BY_GROUP } }],
    extraVolumeMounts: [
      { name: 'tls', mountPath: PLACES.tls, readOnly: true },
      ...volumes.map((name) => ({ name, mountPath: PLACES[name] })),
    ],
    statefulset: {
      podManagementPolicy: 'Parallel',
      persistentVolumeClaimRetentionPolicy: { enabled: true, whenDeleted: 'Retain', whenScaled: 'Retain' },
      volumeClaimTemplates: volumes.map((name) => ({
        metadata: { name },
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: quantityOf(policy.limits.diskBytes) } },
        },
      })),
    },
    // The chart would set GOMEMLIMIT to 80 % of it, from where the collector refuses.
    useGOMEMLIMIT: false,
    resources: { requests: { memory }, limits: { memory } },
    podSecurityContext: {
      runAsNonRoot: true,
      runAsUser: USER_ID,
      runAsGroup: USER_ID,
      fsGroup: USER_ID,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    ports: portsOf(),
    // Samplers are called one by one, each by its own name.
    ...(role === 'sampler' ? { service: { clusterIP: 'None' } } : {}),
    startupProbe: { ...probe, periodSeconds: PROBE_SECONDS, failureThreshold: START_SECONDS / PROBE_SECONDS },
    livenessProbe: probe,
    readinessProbe: probe,
    terminationGracePeriodSeconds: END_SECONDS,
    podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
    networkPolicy: {
      enabled: true,
      allowIngressFrom: [sendersOf(role)],
      extraIngressRules: [{ ports: [{ port: 8888, protocol: 'TCP' }], from: [EVERYBODY] }],
    },
  }
}

/** Of those that the chart opens, what is listened on, and the collector's own metrics. */
function portsOf(): unknown {
  const closed = { enabled: false }
  return {
    otlp: { enabled: true },
    'otlp-http': { enabled: true },
    metrics: { enabled: true },
    'jaeger-compact': closed,
    'jaeger-thrift': closed,
    'jaeger-grpc': closed,
    zipkin: closed,
  }
}

function sendersOf(role: CollectorRole): unknown {
  if (role === 'gateway') return { ...EVERYBODY, podSelector: { matchLabels: { 'plutus-role': 'agent' } } }
  return role === 'sampler' ? { podSelector: { matchLabels: { 'plutus-role': 'gateway' } } } : EVERYBODY
}

/** The chart takes its values for templates: what begins one is written so that it comes out as it stands. */
function escapeTemplates(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('{{', '{{`{{`}}')
  if (Array.isArray(value)) return value.map(escapeTemplates)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, escapeTemplates(member)]))
}
