/** A collector's configuration as plain data, as its YAML has it. */
export interface CollectorConfig {
  readonly receivers: Components
  readonly processors: Components
  readonly connectors: Components
  readonly exporters: Components
  readonly extensions: Components
  readonly service: CollectorService
}

/** Settings of components by their ids, `type` or `type/name`. */
export type Components = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** What a collector starts. */
export interface CollectorService {
  readonly extensions: readonly string[]
  readonly telemetry?: Readonly<Record<string, unknown>>
  /** By id: `signal` or `signal/name`. */
  readonly pipelines: Readonly<Record<string, CollectorPipeline>>
}

/** The way of one signal through a collector: connectors stand as exporters of one pipeline and receivers of others. */
export interface CollectorPipeline {
  readonly receivers: readonly string[]
  readonly processors: readonly string[]
  readonly exporters: readonly string[]
}

/** Which part of a collector deployment a process is. */
export const COLLECTOR_ROLES = ['single', 'agent', 'gateway', 'sampler'] as const

/** One of `COLLECTOR_ROLES`. */
export type CollectorRole = (typeof COLLECTOR_ROLES)[number]
