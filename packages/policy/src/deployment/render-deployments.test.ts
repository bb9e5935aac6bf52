import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { goSettingsOf } from '../collector/go-settings.ts'
import { checkCollector } from '../checks/check-collector.ts'
import type { CollectorRole } from '../collector-config.ts'
import { buildCollector } from '../collector/build-collector.ts'
import { renderCollector } from '../collector/render-collector.ts'
import { builtInPolicy, parsePolicy } from '../parse-policy.ts'
import { policyHash } from '../policy-hash.ts'
import { BACKENDS } from '../policy.ts'
import type { Policy } from '../policy.ts'
import { renderDeployments } from './render-deployments.ts'

const A_TENTH = parsePolicy('version: 1\nsampling: { rate: 10% }\n')
const KAFKA = parsePolicy(
  'version: 1\nsampling: { rate: 10% }\ntargets: { transport: kafka, archive: s3 }\nlimits: { disk: 30GiB }\n',
)
const RENDERED = new URL('../../../../otel-collector/rendered/deployment/', import.meta.url)
const rendered = (name: string) => fileURLToPath(new URL(name, RENDERED))

interface HelmValues {
  readonly alternateConfig: object
  readonly extraEnvs: readonly { readonly name: string; readonly value?: string }[]
  readonly extraEnvsFrom?: readonly object[]
  readonly extraVolumeMounts: readonly { readonly name: string }[]
  readonly resources: { readonly limits: { readonly memory: string } }
  readonly statefulset: {
    readonly volumeClaimTemplates: readonly {
      readonly metadata: { readonly name: string }
      readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } }
    }[]
  }
}

interface ComposeFile {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly environment: Readonly<Record<string, string>>
        readonly env_file?: readonly string[]
        readonly ports?: readonly string[]
        readonly networks: readonly string[]
        readonly configs: readonly { readonly source: string }[]
        readonly volumes: readonly { readonly source: string; readonly target: string }[]
        readonly deploy: { readonly resources: { readonly limits: { readonly memory: string } } }
      }
    >
  >
  readonly configs: Readonly<Record<string, { readonly content: string }>>
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>
  readonly volumes: Readonly<Record<string, object>>
}

const known = new Map<string, ReturnType<typeof renderDeployments>>()
/** All files of a policy: most tests look at those of the same. */
function filesOf(policy: Policy): ReturnType<typeof renderDeployments> {
  const key = policyHash(policy)
  const files = known.get(key) ?? renderDeployments(policy)
  known.set(key, files)
  return files
}
const textOf = (policy: Policy, name: string): string => filesOf(policy).find((file) => file.name === name)?.text ?? ''
const valuesOf = (policy: Policy, role: CollectorRole) => parse(textOf(policy, `helm-${role}.yaml`)) as HelmValues
const composeOf = (policy: Policy, name: string) => parse(textOf(policy, `compose-${name}.yaml`)) as ComposeFile
/** As compose reads it: two dollars are one. */
const unescaped = (text: string): string => text.replaceAll('$$', '$')
const envOf = (policy: Policy, role: CollectorRole): Record<string, string> =>
  Object.fromEntries(valuesOf(policy, role).extraEnvs.map(({ name, value = '' }) => [name, value]))

it.each(renderDeployments(builtInPolicy()))('$name is rendered from the built-in policy', async ({ name, text }) => {
  await expect(text).toMatchFileSnapshot(rendered(name))
  expect(text).toContain(policyHash(builtInPolicy()))
})

// Samplers are only there where there is something to choose.
it.each(['helm-gateway', 'helm-sampler', 'compose-tiers'])(
  '%s is rendered where a tenth of the traces is kept',
  async (name) => {
    await expect(textOf(A_TENTH, `${name}.yaml`)).toMatchFileSnapshot(rendered(`${name}-10-percent.yaml`))
  },
)

it('has samplers only where the collector chooses', () => {
  expect(renderDeployments(builtInPolicy()).map(({ name }) => name)).not.toContain('helm-sampler.yaml')
  expect(Object.keys(composeOf(builtInPolicy(), 'tiers').services)).toEqual(['volumes', 'agent', 'gateway'])
  expect(Object.keys(composeOf(A_TENTH, 'tiers').services)).toEqual([
    'volumes',
    'agent',
    'gateway',
    'sampler-1',
    'sampler-2',
  ])
})

const POLICIES = { 'everything is kept': builtInPolicy(), 'a tenth is kept': A_TENTH, 'Kafka is between': KAFKA }
describe.each(Object.entries(POLICIES))('where %s', (_what, policy) => {
  const roles = (['single', 'agent', 'gateway', 'sampler'] as const).filter(
    (role) => role !== 'sampler' || policy.sampling.rate < 1,
  )

  it.each(roles)('values of Helm hold the configuration of a %s, which no check finds fault with', (role) => {
    const config = buildCollector(policy, { role, listen: 'mutual-tls' })
    expect(valuesOf(policy, role).alternateConfig).toEqual(config)
    expect(checkCollector(config, policy, { role })).toEqual([])
  })

  it.each(roles)('the compose file holds the configuration of a %s as it stands', (role) => {
    const { configs } = composeOf(policy, role === 'single' ? 'single' : 'tiers')
    expect(unescaped(configs[`collector-${role}`]?.content ?? '')).toBe(renderCollector(policy, { role }))
  })

  it.each(roles)('a %s has every variable that must be set, or its user is told', (role) => {
    for (const [text, given] of [
      [textOf(policy, `helm-${role}.yaml`), envOf(policy, role)],
      [
        textOf(policy, role === 'single' ? 'compose-single.yaml' : 'compose-tiers.yaml'),
        composeOf(policy, role === 'single' ? 'single' : 'tiers').services[role === 'sampler' ? 'sampler-1' : role]
          ?.environment ?? {},
      ],
    ] as const) {
      const config = JSON.stringify(
        buildCollector(policy, { role, ...(text.includes('Helm') ? { listen: 'mutual-tls' as const } : {}) }),
      )
      const required = [...config.matchAll(/\$\{env:(PLUTUS_\w+)\}/g)].map(([, name = '']) => name)
      const missing = required.filter((name) => !(name in given) && !text.includes(`#   ${name}: `))
      expect(missing).toEqual([])
    }
  })
})

it('renders for another backend what is asked for', () => {
  for (const backend of BACKENDS) {
    const files = renderDeployments(builtInPolicy(), { backend })
    const helm = files.find(({ name }) => name === 'helm-gateway.yaml')
    const config = buildCollector(builtInPolicy(), { role: 'gateway', backend, listen: 'mutual-tls' })
    expect((parse(helm?.text ?? '') as HelmValues).alternateConfig).toEqual(config)
  }
})

it('has the memory and the volumes that the policy says', () => {
  const policy = parsePolicy('version: 1\nlimits: { memory: 3GiB, disk: 50GiB }\n')
  const { resources, statefulset } = valuesOf(policy, 'gateway')
  expect(resources.limits.memory).toBe('3Gi')
  expect(
    statefulset.volumeClaimTemplates.map(({ metadata, spec }) => [metadata.name, spec.resources.requests.storage]),
  ).toEqual([
    ['queue', '50Gi'],
    ['archive', '50Gi'],
  ])
  expect(envOf(policy, 'gateway')).toMatchObject({ ...goSettingsOf(policy) })
  const { services, volumes } = composeOf(policy, 'single')
  expect(services['single']?.deploy.resources.limits.memory).toBe(`${3 * 2 ** 30}b`)
  expect(services['single']?.environment).toMatchObject({ ...goSettingsOf(policy) })
  expect(Object.keys(volumes)).toEqual(['queue-single', 'archive-single'])
})

it('has no volume for an archive that is elsewhere, and none where nothing is archived', () => {
  const names = (policy: Policy, role: CollectorRole) =>
    valuesOf(policy, role).extraVolumeMounts.map(({ name }) => name)
  expect(names(builtInPolicy(), 'gateway')).toEqual(['tls', 'queue', 'archive'])
  expect(names(builtInPolicy(), 'agent')).toEqual(['tls', 'queue'])
  expect(names(KAFKA, 'gateway')).toEqual(['tls', 'queue'])
})

it('shows an agent nothing that is meant for the gateway: a class with an address of its own would go past it', () => {
  expect(valuesOf(A_TENTH, 'agent').extraEnvsFrom).toBeUndefined()
  expect(valuesOf(A_TENTH, 'gateway').extraEnvsFrom).toHaveLength(1)
  const { services } = composeOf(A_TENTH, 'tiers')
  expect(services['agent']?.env_file).toBeUndefined()
  expect(services['gateway']?.env_file).toEqual(['plutus.env'])
  expect(valuesOf(KAFKA, 'agent').extraEnvsFrom).toHaveLength(1) // brokers, and no addresses of backends
})

it('publishes ports on the loopback alone, and has no way out between the tiers', () => {
  for (const policy of Object.values(POLICIES)) {
    const files = [composeOf(policy, 'single'), composeOf(policy, 'tiers')]
    const ports = files.flatMap(({ services }) => Object.values(services).flatMap((service) => service.ports ?? []))
    expect(ports).toHaveLength(6)
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([])
    expect(files[1]?.networks['tiers']).toEqual({ internal: true })
  }
  expect(composeOf(A_TENTH, 'tiers').services['gateway']).not.toHaveProperty('ports')
  expect(composeOf(A_TENTH, 'tiers').services['sampler-1']).not.toHaveProperty('ports')
})

it('speaks TLS with certificates on both sides between the tiers of a cluster', () => {
  const agent = envOf(A_TENTH, 'agent')
  expect(agent['PLUTUS_OTLP_ENDPOINT']).toMatch(/^https:/)
  expect(agent['PLUTUS_OTLP_CLIENT_CERTIFICATE']).toBe('/etc/plutus/tls/tls.crt')
  expect(envOf(A_TENTH, 'gateway')['PLUTUS_SAMPLERS_INSECURE']).toBe('false')
})

it('writes a text of a policy so that the chart, which has templates, leaves it as it stands', () => {
  const policy = parsePolicy("version: 1\nmetrics: { log.errors: { description: 'Of {{ all }}.' } }\n")
  const text = textOf(policy, 'helm-gateway.yaml')
  expect(text).toContain('{{`{{`}}')
  // What the chart makes of it: an action that is a text stands for the text.
  const values = parse(text.replaceAll('{{`{{`}}', '{{')) as HelmValues
  expect(values.alternateConfig).toEqual(buildCollector(policy, { role: 'gateway', listen: 'mutual-tls' }))
})

// Of chart v0.170.0, whose schema knows no others.
const CHART_VALUES = new Set(
  [
    'fullnameOverride mode replicaCount image alternateConfig podAnnotations podLabels serviceAccount extraEnvs',
    'extraEnvsFrom extraVolumes extraVolumeMounts statefulset useGOMEMLIMIT resources podSecurityContext securityContext ports service',
    'startupProbe livenessProbe readinessProbe terminationGracePeriodSeconds podDisruptionBudget networkPolicy',
  ].flatMap((line) => line.split(' ')),
)
it('uses values only that the chart has', () => {
  const used = (['single', 'agent', 'gateway', 'sampler'] as const).flatMap((role) =>
    Object.keys(valuesOf(A_TENTH, role)),
  )
  expect(used.filter((name) => !CHART_VALUES.has(name))).toEqual([])
})
