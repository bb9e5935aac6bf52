import { isFull } from '@plutus/test-kit'
import { BACKENDS, parsePolicy, renderCollector } from '@plutus/policy'
import type { CollectorOptions, Policy } from '@plutus/policy'

/** One configuration that a user may render. */
export interface Rendering {
  readonly name: string
  readonly options: CollectorOptions
  readonly policy: Policy
}

/** Small queues, so that a test sees them full, and a short wait of the sampler. */
const SMALL = `
sampling: { max_traces: 5000, trace_size: 20KiB }
limits: { memory: 512MiB, disk: 1GiB, traces_queue: 16MiB, metrics_queue: 8MiB }
classes:
  audit: { queue: 16MiB }
  security: { queue: 16MiB }
  payment: { queue: 16MiB }
  performance: { queue: 8MiB }
  application: { queue: 8MiB }
`

/** A policy for tests: the built-in one on a small machine, with what is given on top. */
export function smallPolicy(text = ''): Policy {
  const overlays = text === '' ? [] : [{ file: 'test.yaml', text: `version: 1\n${text}` }]
  return parsePolicy(`version: 1\n${SMALL}`, { file: 'small.yaml', overlays })
}

/** What the collector decides by where a tenth of the traces is kept. */
export const A_TENTH = 'sampling: { rate: 10%, wait: 1s, slow: 900ms }'

/** Every rendering in a full run; else each role, each backend, each archive and transport once. */
export function listRenderings(): readonly Rendering[] {
  const everything = smallPolicy()
  const tenth = smallPolicy(A_TENTH)
  const kafka = smallPolicy('targets: { transport: kafka, archive: s3 }')
  const all: Rendering[] = []
  const add = (name: string, policy: Policy, options: CollectorOptions): void =>
    void all.push({ name: `${options.role}, ${name}`, policy, options })
  for (const backend of BACKENDS) {
    const isSame = !['otlp', 'clickhouse', 'splunk', 'cloudwatch'].includes(backend) // but for names
    // Where a choice is made, a test has to wait for it.
    if (isFull || !isSame) add(`${backend}, a tenth of the traces`, tenth, { role: 'single', backend })
    if (isFull || isSame || backend === 'otlp') add(`${backend}, everything`, everything, { role: 'single', backend })
    if (isFull || backend === 'otlp') add(`${backend}, everything`, everything, { role: 'gateway', backend })
    if (isFull || backend === 'otlp') add(`${backend}, a tenth of the traces`, tenth, { role: 'gateway', backend })
    if (isFull || !isSame) add(`${backend}, a tenth of the traces`, tenth, { role: 'sampler', backend })
  }
  add('over OTLP', everything, { role: 'agent' })
  add('over Kafka', kafka, { role: 'agent' })
  add('from Kafka, archive in S3', kafka, { role: 'gateway' })
  return all
}

/** The text of a rendering. */
export function textOf({ policy, options }: Rendering): string {
  return renderCollector(policy, options)
}
