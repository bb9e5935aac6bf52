// A worker thread that hands over one batch when it has turned out whether somebody takes it, and another one when it is
// asked for what it has; on demand it is busy for so many milliseconds.
import { parentPort, workerData } from 'node:worker_threads'
import type { PackedBatch } from '@plutus/sdk'
import { openThreadOutbox } from './thread-link.ts'

const batchOf = (records: number): PackedBatch => ({
  signal: 'logs',
  isDurable: false,
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

const outbox = openThreadOutbox(
  () => tell(`then ${outbox.handOver(batchOf(2))}`),
  () => void outbox.handOver(batchOf(3)),
)
tell(`first ${outbox.handOver(batchOf(1))}`)
parentPort?.on('message', () => {
  tell('busy')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, workerData as number)
})
