import { createBufferPool, createEncoder } from '@plutus/otlp'
import { RecordBuffer } from '../record-buffer.ts'
import { ExportPipeline } from './export-pipeline.ts'
import type { ExportPipelineOptions } from './export-pipeline.ts'
import { Losses } from './losses.ts'
import { packBatch } from './packed-batch.ts'
import type { PackedBatch } from './packed-batch.ts'
import type { OtlpSettings } from './settings.ts'

const encoder = createEncoder()
const scope = encoder.encodeScope({ name: 'test' })

/** Settings for the log records of an endpoint. */
export function settingsFor(
  url: string,
  protocol: OtlpSettings['protocol'] = 'http/protobuf',
  more: Partial<OtlpSettings> = {},
): OtlpSettings {
  return {
    kind: 'otlp',
    protocol,
    url: new URL(protocol === 'grpc' ? url : `${url}/v1/logs`),
    headers: {},
    timeoutMillis: 10_000,
    gzip: true,
    tls: {},
    names: { endpoint: 'E', headers: 'H', protocol: 'P', timeout: 'T', certificate: 'C', batchSize: 'B' },
    ...more,
  }
}

/** A pipeline for log records, with what it tells and what it counts. */
export function createPipeline(settings: OtlpSettings, options: Partial<ExportPipelineOptions> = {}) {
  const lines: string[] = []
  const warn = (line: string): void => void lines.push(line)
  const pool = createBufferPool()
  const losses = new Losses(warn, 0)
  /** Sums of `plutus.telemetry.*`: by reason what was dropped, and what was exported. */
  const counts: Record<string, number> = {}
  losses.measureWith({
    createCounter: (name) => ({
      add: (value, attributes) => {
        const reason = attributes?.['plutus.drop.reason']
        const key = typeof reason === 'string' ? reason : name.replace('plutus.telemetry.', '')
        counts[key] = (counts[key] ?? 0) + value
      },
    }),
  })
  const pipeline = new ExportPipeline({
    settings: {
      targets: (['logs', 'metrics'] as const).map((signal) => ({ signal, settings, giveUpAfterMillis: Infinity })),
      resource: encoder.encodeResource({ attributes: { 'service.name': 'shop' } }),
      userAgent: 'test',
    },
    thread: 'worker',
    worker: { file: new URL('worker.test.support.ts', import.meta.url), env: {} },
    maxBytes: 1024 * 1024,
    maxRecords: {},
    pool,
    losses,
    warn,
    ...options,
  })
  const pack = (isDurable: boolean, bodies: readonly string[]): PackedBatch[] => {
    const packed: PackedBatch[] = []
    const limits = { maxBytes: Infinity, maxRecords: Infinity, delayMillis: 60_000 }
    const onBatch = (batch: Parameters<typeof packBatch>[0]): void =>
      void packed.push(packBatch(batch, { signal: 'logs', isDurable, pool }))
    const records = new RecordBuffer({ pool, ...limits, onBatch })
    for (const body of bodies) {
      const out = records.open()
      const start = out.position
      encoder.encodeLogRecord(out, { body })
      records.close(scope, start)
    }
    records.flush()
    return packed
  }
  const sendAs = (isDurable: boolean, bodies: readonly string[]): void => {
    for (const batch of pack(isDurable, bodies)) pipeline.push(batch)
  }
  return {
    pipeline,
    lines,
    counts,
    /** A batch of records with these bodies. */
    packed: (...bodies: string[]): PackedBatch => pack(false, bodies)[0] as PackedBatch,
    push: (batch: PackedBatch) => pipeline.push(batch),
    /** Sends a batch of records with these bodies. */
    send: (...bodies: string[]) => sendAs(false, bodies),
    sendDurable: (...bodies: string[]) => sendAs(true, bodies),
  }
}
