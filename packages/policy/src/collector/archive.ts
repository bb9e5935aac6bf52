import type { DataClass } from '@plutus/conventions'
import type { Policy } from '../policy.ts'
import type { BuiltExporter } from './backends.ts'
import { fromEnv, fromEnvOf } from './environment.ts'
import { queueOf } from './queues.ts'
import type { BatchSize } from './queues.ts'

// Small objects are dear; a minute is what a request waits for its record to be in the archive too.
const S3_BATCH: BatchSize = { minBytes: 5_000_000, maxBytes: 20_000_000, waitMillis: 60_000 }
const MAX_FILE_MEGABYTES = 100

/**
 * The second way out of a class: a backend that answers 400, 401, 404, 413 or 500 makes its exporter drop what it could not
 * deliver, whatever the queue.
 */
export function buildArchive(policy: Policy, name: DataClass): BuiltExporter {
  return policy.targets.archive === 's3' ? s3(policy, name) : files(policy, name)
}

function files(policy: Policy, name: DataClass): BuiltExporter {
  const id = `file/${name}`
  return {
    id,
    exporters: {
      [id]: {
        path: `${fromEnv('PLUTUS_ARCHIVE_DIR')}/${name}/${name}.jsonl`,
        create_directory: true,
        directory_permissions: '0750',
        format: 'json',
        // With rotation each line is written at once, unbuffered. Files go by age only: nothing is lost to their number.
        rotation: { max_megabytes: MAX_FILE_MEGABYTES, max_days: policy.classes[name].archiveDays, max_backups: 0 },
      },
    },
    extensions: {},
  }
}

function s3(policy: Policy, name: DataClass): BuiltExporter {
  const id = `awss3/${name}`
  return {
    id,
    exporters: {
      [id]: {
        s3uploader: {
          region: fromEnv('PLUTUS_AWS_REGION'),
          // An immutable class needs a bucket for itself: its lock is one of the whole bucket.
          s3_bucket: fromEnvOf('PLUTUS_S3_BUCKET', name),
          s3_prefix: name,
          s3_partition_format: 'year=%Y/month=%m/day=%d/hour=%H',
          s3_partition_timezone: 'UTC',
          endpoint: fromEnv('PLUTUS_S3_ENDPOINT'),
          s3_force_path_style: fromEnv('PLUTUS_S3_PATH_STYLE'),
          file_prefix: `${name}_`,
          unique_key_func_name: 'uuidv7',
          compression: 'gzip',
        },
        marshaler: 'otlp_json',
        timeout: '60s',
        ...queueOf(policy, name, S3_BATCH),
      },
    },
    extensions: {},
  }
}
