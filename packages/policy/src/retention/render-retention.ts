import type { Policy } from '../policy.ts'
import { renderClickhouse } from './clickhouse.ts'
import { renderLoki } from './loki.ts'
import { renderCloudWatch, renderDatadog, renderSplunk, renderVictoriaLogs } from './per-class-stores.ts'
import type { RenderedFile } from './rendered-file.ts'
import { renderS3 } from './s3.ts'
import { renderElasticsearch, renderOpenSearch } from './search-indexes.ts'
import { renderTempo } from './tempo.ts'

/**
 * Renders how long backends and the archive keep what the policy sends them: settings, tables, life cycles and arguments,
 * one file or more for each. Everything carries the policy's hash.
 */
export function renderRetention(policy: Policy): readonly RenderedFile[] {
  return [
    renderLoki(policy),
    renderTempo(policy),
    ...renderClickhouse(policy),
    ...renderS3(policy),
    renderElasticsearch(policy),
    renderOpenSearch(policy),
    renderVictoriaLogs(policy),
    renderSplunk(policy),
    renderCloudWatch(policy),
    renderDatadog(policy),
  ]
}
