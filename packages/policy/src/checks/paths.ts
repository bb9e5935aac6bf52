import { DATA_CLASSES } from '@plutus/conventions'
import type { DataClass } from '@plutus/conventions'
import type { CollectorConfig } from '../collector-config.ts'

/** A way from a receiver to an exporter. */
export interface CollectorPath {
  readonly receiver: string
  /** Ids of the pipelines on the way. */
  readonly pipelines: readonly string[]
  /** Ids of the processors on the way, in order. */
  readonly processors: readonly string[]
  /** Ids of the connectors on the way, in order. */
  readonly connectors: readonly string[]
  readonly exporter: string
}

/** What takes a way: a record of a class, a span whose trace its root decided to keep, or anything. */
export type Traveller = { readonly dataClass: DataClass } | 'head-kept' | 'unknown class' | 'any'

/** A line of a routing table, as far as the way depends on it. */
export interface Route {
  readonly condition: string
  readonly pipelines: readonly string[]
}

/** Type of a component: `otlp` of `otlp/payment`. */
export function typeOf(id: string): string {
  return id.split('/', 1)[0] as string
}

/** Signal of a pipeline: `logs` of `logs/payment`. */
export const signalOf = typeOf

/** Lists every way that what is given can take; what enters by two receivers has two ways. */
export function listPaths(config: CollectorConfig, signal: string, traveller: Traveller): CollectorPath[] {
  const { connectors, service } = config
  const paths: CollectorPath[] = []
  const walk = (pipelineId: string, so: Omit<CollectorPath, 'exporter'>): void => {
    const pipeline = service.pipelines[pipelineId]
    if (pipeline === undefined || so.pipelines.includes(pipelineId)) return
    const here = {
      ...so,
      pipelines: [...so.pipelines, pipelineId],
      processors: [...so.processors, ...pipeline.processors],
    }
    for (const exporter of pipeline.exporters) {
      if (!Object.hasOwn(connectors, exporter)) {
        paths.push({ ...here, exporter })
        continue
      }
      const there = { ...here, connectors: [...here.connectors, exporter] }
      for (const next of pipelinesBehind(config, exporter, signalOf(pipelineId), traveller)) walk(next, there)
    }
  }
  for (const [id, { receivers }] of Object.entries(service.pipelines)) {
    if (signalOf(id) !== signal) continue
    for (const receiver of receivers) {
      if (!Object.hasOwn(connectors, receiver)) walk(id, { receiver, pipelines: [], processors: [], connectors: [] })
    }
  }
  return paths
}

/** The lines of a routing connector. */
export function routesOf(config: CollectorConfig, connector: string): readonly Route[] {
  const table = (config.connectors[connector]?.['table'] ?? []) as readonly Partial<Route>[]
  return table.map(({ condition = '', pipelines = [] }) => ({ condition, pipelines }))
}

/** The lines of a routing connector that a record of a class takes by its class. */
export function routesOfClass(config: CollectorConfig, connector: string, name: DataClass): readonly Route[] {
  return routesOf(config, connector).filter(({ condition }) => namesClass(condition, name))
}

/** Whether a condition holds for a record because of its class. */
export function namesClass(condition: string, name: DataClass): boolean {
  return new RegExp(`attributes\\["plutus[.]data[.]class"\\] == "${name}"`).test(condition)
}

/** Whether a condition names any class. */
export function namesAnyClass(condition: string): boolean {
  return DATA_CLASSES.some((name) => namesClass(condition, name))
}

/** Whether a condition holds for spans whose trace its root decided to keep. */
export function namesHeadKeep(condition: string): boolean {
  return condition.includes('"plutus.keep.head"')
}

function pipelinesBehind(
  config: CollectorConfig,
  connector: string,
  signal: string,
  traveller: Traveller,
): readonly string[] {
  const { pipelines } = config.service
  const behind = Object.keys(pipelines).filter((id) => pipelines[id]?.receivers.includes(connector) === true)
  if (typeOf(connector) !== 'routing') return behind
  const fallback = (config.connectors[connector]?.['default_pipelines'] ?? []) as readonly string[]
  if (traveller === 'any') return behind
  if (traveller === 'unknown class') return signal === 'logs' ? fallback : behind
  const isTaken = ({ condition }: Route): boolean =>
    traveller === 'head-kept' ? namesHeadKeep(condition) : namesClass(condition, traveller.dataClass)
  return routesOf(config, connector).find(isTaken)?.pipelines ?? fallback
}
