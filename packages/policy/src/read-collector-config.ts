import { parseDocument } from 'yaml'
import type { CollectorConfig, CollectorPipeline, Components } from './collector-config.ts'

/**
 * Reads a collector's configuration from YAML, as far as `checkCollector` looks at it. What it lacks is empty.
 *
 * @returns `undefined` if the text is no YAML of one document that is a map.
 */
export function readCollectorConfig(text: string): CollectorConfig | undefined {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'error' })
  if (document.errors.length > 0) return undefined
  const read: unknown = document.toJS({ maxAliasCount: 1000 })
  if (!isMap(read)) return undefined
  const service = asMap(read['service'])
  return {
    receivers: asComponents(read['receivers']),
    processors: asComponents(read['processors']),
    connectors: asComponents(read['connectors']),
    exporters: asComponents(read['exporters']),
    extensions: asComponents(read['extensions']),
    service: {
      extensions: asNames(service['extensions']),
      telemetry: asMap(service['telemetry']),
      pipelines: Object.fromEntries(
        Object.entries(asMap(service['pipelines'])).map(([id, pipeline]) => [id, asPipeline(asMap(pipeline))]),
      ),
    },
  }
}

function asPipeline({ receivers, processors, exporters }: Readonly<Record<string, unknown>>): CollectorPipeline {
  return { receivers: asNames(receivers), processors: asNames(processors), exporters: asNames(exporters) }
}

function asComponents(value: unknown): Components {
  return Object.fromEntries(Object.entries(asMap(value)).map(([id, settings]) => [id, asMap(settings)]))
}

function asNames(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []
}

function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return isMap(value) ? value : {}
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
