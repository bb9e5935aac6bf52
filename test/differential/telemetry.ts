import { runProgram, startReceiver } from '@plutus/test-kit'
import type { ReceivedLog, ReceivedMetric, ReceivedSpan, TestNode } from '@plutus/test-kit'
import { fileURLToPath } from 'node:url'

export type EngineName = 'plutus' | 'upstream'

/** What a program did and sent under one engine. */
export interface Telemetry {
  readonly stdout: string
  readonly stderr: string
  readonly spans: readonly ReceivedSpan[]
  readonly logs: readonly ReceivedLog[]
  readonly metrics: readonly ReceivedMetric[]
  /** When it ran, in nanoseconds since the epoch. */
  readonly from: bigint
  readonly to: bigint
}

// Every metric is exported once, at the end, and nothing is slow, however busy the machine is.
const PATIENT = {
  OTEL_METRIC_EXPORT_INTERVAL: '30000',
  PLUTUS_EXIT_WAIT_MS: '20000',
  PLUTUS_SLOW_QUERY_MS: '60000',
  PLUTUS_SLOW_REQUEST_MS: '60000',
}

/** Runs one of the programs under an engine to its end, and returns what reached the receiver. */
export async function runUnder(
  engine: EngineName,
  program: string,
  env: Readonly<Record<string, string>>,
  node?: TestNode,
): Promise<Telemetry> {
  const receiver = await startReceiver()
  const from = nowInNanos()
  try {
    const { code, signal, stdout, stderr } = await runProgram({
      file: fileURLToPath(new URL(`programs/${program}`, import.meta.url)),
      receiver,
      env: { ...PATIENT, ...env, PLUTUS_ENGINE: engine },
      ...(node && { node }),
    })
    if (code !== 0) throw new Error(`${program} ended with ${code ?? signal} under ${engine}\n${stderr}`)
    if (receiver.malformed.length > 0) throw new Error(`${engine} sent no OTLP: ${receiver.malformed[0]?.malformed}`)
    const { spans, logs, metrics } = receiver
    return { stdout, stderr, spans: [...spans], logs: [...logs], metrics: [...metrics], from, to: nowInNanos() }
  } finally {
    await receiver.close()
  }
}

function nowInNanos(): bigint {
  return BigInt(Date.now()) * 1_000_000n
}
