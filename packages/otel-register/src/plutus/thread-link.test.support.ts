// A worker thread that hands over one batch when it has turned out whether somebody takes it, and another one when it is
// asked for what it has; on demand it is busy for so many milliseconds. Its first batch may be durable.
import { parentPort, workerData } from 'node:worker_threads'
import type { PackedBatch } from '@plutus/sdk'
import { openThreadOutbox } from './thread-link.ts'

/** What the test says of the thread. */
export interface ThreadData {
  readonly busyMillis: number
  readonly isDurable: boolean
  /** Gets a 1 when the first batch was handed over. */
  readonly handedOver: SharedArrayBuffer
}

const { busyMillis, isDurable, handedOver } = workerData as ThreadData
const batchOf = (records: number): PackedBatch => ({
  signal: 'logs',
  isDurable: isDurable && records === 1,
  bytes: new Uint8Array(1),
  scopes: [],
  runs: new Uint32Array(),
  records,
})

/** Tells the test, which is the only one who listens. */
const tell = (text: string): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of threads, not of windows
  parentPort?.postMessage(text)
}

const first = batchOf(1)
const outbox = openThreadOutbox(
  () => {
    if (isDurable) tell(`again ${outbox.handOver(first)}`)
    tell(`then ${outbox.handOver(batchOf(2))}`)
  },
  () => void outbox.handOver(batchOf(3)),
)
tell(`first ${outbox.handOver(first)}`)
const isHandedOver = new Int32Array(handedOver)
Atomics.store(isHandedOver, 0, 1)
Atomics.notify(isHandedOver, 0)
parentPort?.on('message', () => {
  tell('busy')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, busyMillis)
})
