import { fileURLToPath } from 'node:url'
import type { ProgramOptions } from './program.ts'

// What a program needs to run at all; the rest of the machine's environment stays out of tests.
const INHERITED = [
  'PATH',
  'HOME',
  'TMPDIR',
  'SystemRoot',
  'SystemDrive',
  'TEMP',
  'TMP',
  'USERPROFILE',
  'PATHEXT',
  'ComSpec',
]
// Batches leave after a blink, metrics often enough for a test to wait for them.
const SEND_SOON = {
  OTEL_BSP_SCHEDULE_DELAY: '100',
  OTEL_BLRP_SCHEDULE_DELAY: '100',
  OTEL_METRIC_EXPORT_INTERVAL: '500',
  OTEL_METRIC_EXPORT_TIMEOUT: '500',
  // A busy machine takes its time to start the thread that sends.
  PLUTUS_EXIT_WAIT_MS: '3000',
}

/** What Node makes of files is kept: a program in TypeScript starts in half of the time then. */
export const KEPT_CODE = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../../../node_modules/.cache/node', import.meta.url)),
} as const

// What a program cannot send is lost with it, and no home fills; tests of the spool name a directory.
const NO_SPOOL = { PLUTUS_SPOOL_DIR: 'off' }

/** The whole environment of a program: a minimum from this process, the receiver's address, then the option's own. */
export function environmentOf({
  file = '',
  hook,
  env = {},
  receiver,
}: Partial<Pick<ProgramOptions, 'file' | 'hook' | 'env' | 'receiver'>>): NodeJS.ProcessEnv {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  // Under the hook a program starts as it does for a user.
  const keptCode = hook === 'none' && file.endsWith('.ts') ? KEPT_CODE : {}
  return {
    ...Object.fromEntries(inherited),
    ...NO_SPOOL,
    ...keptCode,
    ...(receiver && addressOf(receiver, env)),
    ...env,
  }
}

function addressOf(
  receiver: NonNullable<ProgramOptions['receiver']>,
  env: NonNullable<ProgramOptions['env']>,
): NodeJS.ProcessEnv {
  const isGrpc = env['OTEL_EXPORTER_OTLP_PROTOCOL'] === 'grpc'
  const { certificates } = receiver
  return {
    ...SEND_SOON,
    OTEL_EXPORTER_OTLP_ENDPOINT: isGrpc ? receiver.grpcUrl : receiver.httpUrl,
    ...(certificates && {
      OTEL_EXPORTER_OTLP_CERTIFICATE: certificates.ca,
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: certificates.clientCertificate,
      OTEL_EXPORTER_OTLP_CLIENT_KEY: certificates.clientKey,
    }),
  }
}
