import type { Components } from '../collector-config.ts'
import { QUEUE_FENCE_FACTOR } from '../file-factor.ts'
import type { Policy } from '../policy.ts'
import { fromEnv } from './environment.ts'
import { isDurable, queueBytesOf } from './outputs.ts'
import type { Output } from './outputs.ts'

/** Bounds of what is sent in one request. */
export interface BatchSize {
  readonly minBytes: number
  readonly maxBytes: number
  readonly waitMillis: number
}

/** Below the 4 MiB at which receivers refuse a message for good. */
export const BATCH: BatchSize = { minBytes: 500_000, maxBytes: 3_500_000, waitMillis: 200 }

const MIB = 2 ** 20

/** What makes an exporter lose nothing: a queue on disk, batches made behind it, and no end of trying. */
export function queueOf(policy: Policy, output: Output, batch = BATCH): Readonly<Record<string, unknown>> {
  return {
    retry_on_failure: { enabled: true, initial_interval: '1s', max_interval: '10s', max_elapsed_time: '0s' },
    sending_queue: {
      enabled: true,
      storage: storageOf(policy, output),
      num_consumers: 4,
      // The queue's own bound is the smallest: a storage that is full loses what it acknowledged when it starts again.
      sizer: 'bytes',
      queue_size: queueBytesOf(policy, output),
      batch: {
        sizer: 'bytes',
        min_size: batch.minBytes,
        max_size: batch.maxBytes,
        flush_timeout: `${batch.waitMillis}ms`,
      },
    },
  }
}

/** The folders of the queues of some outputs: what must survive a power cut is synchronised to disk, the rest is not. */
export function buildStorages(policy: Policy, outputs: readonly Output[]): Components {
  const storages: Record<string, Readonly<Record<string, unknown>>> = {}
  for (const output of outputs) {
    const id = storageOf(policy, output)
    const sizes = outputs.filter((other) => storageOf(policy, other) === id).map((other) => queueBytesOf(policy, other))
    const fence = Math.max(...sizes) * QUEUE_FENCE_FACTOR + 64 * MIB
    const directory = `${fromEnv('PLUTUS_QUEUE_DIR')}/${id.replace('file_storage/', '')}`
    storages[id] ??= {
      directory,
      create_directory: true,
      fsync: isDurable(policy, output),
      max_size: fence,
      // After an outage the files become small again.
      compaction: {
        on_start: true,
        on_rebound: true,
        directory,
        cleanup_on_start: true,
        rebound_needed_threshold_mib: Math.min(100, Math.floor(fence / MIB / 4)),
        rebound_trigger_threshold_mib: 10,
      },
    }
  }
  return storages
}

function storageOf(policy: Policy, output: Output): string {
  return isDurable(policy, output) ? 'file_storage/evidence' : 'file_storage/ordinary'
}
