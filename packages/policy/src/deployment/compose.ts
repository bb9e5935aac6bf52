import { stringify } from 'yaml'
import { goSettingsOf } from '../collector/go-settings.ts'
import { policyHash } from '../policy-hash.ts'
import type { CollectorRole } from '../collector-config.ts'
import type { Policy } from '../policy.ts'
import { headOf } from '../retention/rendered-file.ts'
import type { RenderedFile } from '../retention/rendered-file.ts'
import {
  deployedCollector,
  describeVariables,
  IMAGE,
  PLACES,
  rolesOfTiers,
  SAMPLERS,
  speaksOutside,
  USER_ID,
} from './deployed-collector.ts'
import type { DeployedCollector, DeploymentOptions } from './deployed-collector.ts'

const ENV_FILE = 'plutus.env'
const CONFIG_FILE = '/etc/plutus/collector.yaml'
// The image of the collector has no program that could give a volume to its user.
const VOLUMES_IMAGE = 'busybox:1.37'
const LOOPBACK = '127.0.0.1'

/** A container of a deployment. */
interface Container {
  /** Name, also on the network. */
  readonly name: string
  readonly collector: DeployedCollector
}

/**
 * Renders compose files: one process, and the tiers behind each other. Ports are published on the loopback of the machine
 * alone; between the tiers there is a network without a way out.
 */
export function renderComposeFiles(policy: Policy, options: DeploymentOptions): readonly RenderedFile[] {
  const containersOf = (roles: readonly CollectorRole[]): readonly Container[] =>
    roles.flatMap((role) => {
      const collector = deployedCollector(policy, { ...options, role })
      const names = role === 'sampler' ? samplerNames() : [role]
      return names.map((name) => ({ name, collector }))
    })
  return [
    composeFile(policy, 'compose-single.yaml', 'one collector', containersOf(['single'])),
    composeFile(policy, 'compose-tiers.yaml', 'tiers of collectors', containersOf(rolesOfTiers(policy))),
  ]
}

function composeFile(policy: Policy, name: string, what: string, containers: readonly Container[]): RenderedFile {
  const volumes = containers.flatMap(volumesOf)
  const hash = policyHash(policy)
  const file = {
    name: 'plutus',
    services: {
      volumes: initOf(volumes),
      ...Object.fromEntries(containers.map((one) => [one.name, serviceOf(policy, one)])),
    },
    configs: Object.fromEntries(
      containers.map(({ collector }) => [`collector-${collector.role}`, { content: escapeDollars(collector.text) }]),
    ),
    networks: networksOf(containers),
    volumes: Object.fromEntries(volumes.map(({ volume }) => [volume, {}])),
  }
  const text = stringify(file, { lineWidth: 0, aliasDuplicateObjects: false, blockQuote: 'literal' })
  const outside = containers.map(({ collector }) => collector).filter(({ role }) => speaksOutside(policy, role))
  const head = [
    headOf('#', `compose file, ${what}`, hash),
    `#   docker compose -f ${name} up -d`,
    `# OTLP is taken on ${LOOPBACK}:4317 and :4318 of this machine, and from containers on the network plutus_senders: in plain`,
    '# text, from everybody there. Nothing else is published, but the health of the first collector on port 13133.',
    `# ${ENV_FILE} beside this file holds these variables:`,
    ...describeVariables(outside),
  ]
  return { name, text: `${head.join('\n')}\n${text}` }
}

function serviceOf(policy: Policy, container: Container): unknown {
  const { name, collector } = container
  const { memoryBytes } = policy.limits
  const isFirst = collector.role === 'single' || collector.role === 'agent'
  return {
    image: `${IMAGE.repository}:${IMAGE.tag}`,
    command: [`--config=${CONFIG_FILE}`],
    restart: 'unless-stopped',
    stop_grace_period: '1m',
    depends_on: { volumes: { condition: 'service_completed_successfully' } },
    // Not read_only: compose copies a configuration into the container (docker/compose#12031). This user can write nowhere.
    user: `${USER_ID}:${USER_ID}`,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    environment: {
      ...goSettingsOf(policy),
      PLUTUS_LISTEN: '0.0.0.0',
      ...environmentOf(policy, collector),
    },
    ...(speaksOutside(policy, collector.role) ? { env_file: [ENV_FILE] } : {}),
    configs: [{ source: `collector-${collector.role}`, target: CONFIG_FILE }],
    volumes: volumesOf(container).map(({ volume, place }) => ({ type: 'volume', source: volume, target: place })),
    ...(isFirst ? { ports: [publish(4317), publish(4318), publish(13_133)] } : {}),
    networks: networksOfRole(policy, collector.role),
    labels: { 'plutus.policy': policyHash(policy), 'plutus.collector': name },
    deploy: { resources: { limits: { memory: `${memoryBytes}b` } } },
  }
}

function publish(port: number): string {
  return `${LOOPBACK}:${port}:${port}`
}

/** What is known inside the deployment. The rest comes from a file. */
function environmentOf({ targets }: Policy, { role, text, hasArchive }: DeployedCollector): Record<string, string> {
  const hosts = samplerNames().map((name) => `"${name}:4317"`)
  return {
    PLUTUS_QUEUE_DIR: PLACES.queue,
    ...(hasArchive ? { PLUTUS_ARCHIVE_DIR: PLACES.archive } : {}),
    ...(role === 'agent' && targets.transport === 'otlp' ? { PLUTUS_OTLP_ENDPOINT: 'http://gateway:4318' } : {}),
    ...(text.includes('PLUTUS_SAMPLERS') ? { PLUTUS_SAMPLERS: `{static: {hostnames: [${hosts.join(', ')}]}}` } : {}),
  }
}

/** Gives fresh volumes, which belong to root, to the user of the collectors, and ends. */
function initOf(volumes: readonly { volume: string }[]): unknown {
  const places = volumes.map(({ volume }) => `/volumes/${volume}`)
  return {
    image: VOLUMES_IMAGE,
    command: ['chown', `${USER_ID}:${USER_ID}`, ...places],
    network_mode: 'none',
    read_only: true,
    cap_drop: ['ALL'],
    cap_add: ['CHOWN'],
    security_opt: ['no-new-privileges:true'],
    volumes: volumes.map(({ volume }) => ({ type: 'volume', source: volume, target: `/volumes/${volume}` })),
  }
}

function volumesOf({ name, collector }: Container): readonly { volume: string; place: string }[] {
  const kinds = collector.hasArchive ? (['queue', 'archive'] as const) : (['queue'] as const)
  return kinds.map((kind) => ({ volume: `${kind}-${name}`, place: PLACES[kind] }))
}

function networksOfRole({ targets }: Policy, role: CollectorRole): readonly string[] {
  if (role === 'single') return ['senders', 'backends']
  if (role === 'agent') return targets.transport === 'kafka' ? ['senders', 'backends'] : ['senders', 'tiers']
  return ['tiers', 'backends']
}

function networksOf(containers: readonly Container[]): unknown {
  const tiers = containers.length > 1 ? { tiers: { internal: true } } : {}
  return { senders: {}, ...tiers, backends: {} }
}

function samplerNames(): readonly string[] {
  return Array.from({ length: SAMPLERS }, (_none, at) => `sampler-${at + 1}`)
}

/** Compose takes a `$` for a variable. */
function escapeDollars(text: string): string {
  return text.replaceAll('$', '$$$$')
}
