import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { ThreadData } from './thread-link.test.support.ts'
import { openThreadInbox } from './thread-link.ts'

// Nobody waits for so long.
const LONG = 10_000
// Records of what a thread hands over when it is decided whether somebody takes it, and when it is asked.
const [DECIDED, COLLECTED] = [2, 3]

// A thread has all of the SDK to load.
const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000 })

/** A worker thread that hands over, and what it tells. */
function startThread({ busyMillis = 0, isDurable = false } = {}) {
  const handedOver = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  const workerData: ThreadData = { busyMillis, isDurable, handedOver }
  const worker = new Worker(new URL('thread-link.test.support.ts', import.meta.url), { workerData })
  onTestFinished(async () => void (await worker.terminate()))
  const told: string[] = []
  worker.on('message', (text: string) => void told.push(text))
  return { worker, told, handedOver }
}

/** Blocks this thread's event loop, so that nobody answers, until a thread has handed over its first batch. */
function standStillUntil(handedOver: SharedArrayBuffer): void {
  expect(Atomics.wait(new Int32Array(handedOver), 0, 0, LONG)).not.toBe('timed-out')
}

/** The main thread's end, and the sizes of what it took. */
function openInbox() {
  const taken: number[] = []
  const inbox = openThreadInbox(({ records }) => void taken.push(records))
  onTestFinished(() => inbox.close())
  return { inbox, taken }
}

it('leaves open what is to become of a batch until the main thread answers', async () => {
  const { told } = startThread()
  await soon(() => expect(told).toEqual(['first later']))
  const { taken } = openInbox()
  await soon(() => expect(told).toEqual(['first later', 'then taken']))
  await soon(() => expect(taken).toEqual([DECIDED]))
})

it('takes what is durable from a thread that is terminated before it has an answer', async () => {
  const { taken } = openInbox()
  const { worker, handedOver } = startThread({ isDurable: true })
  standStillUntil(handedOver)
  await worker.terminate()
  await soon(() => expect(taken).toEqual([1]))
})

it('takes what is durable once from a thread that waited for the answer', async () => {
  const { taken } = openInbox()
  const { told, handedOver } = startThread({ isDurable: true })
  standStillUntil(handedOver)
  await soon(() => expect(told).toEqual(['first later', 'again taken', 'then taken']))
  await soon(() => expect(taken).toEqual([1, DECIDED]))
})

it('refuses a batch when nobody has answered for a while', async () => {
  const { told } = startThread()
  await soon(() => expect(told).toEqual(['first later', 'then refused']))
})

it('collects what threads have while the event loop stands still, those aside that are over', async () => {
  const { inbox, taken } = openInbox()
  const [over, living] = [startThread(), startThread()]
  for (const { worker, told } of [over, living]) {
    inbox.watch(worker)
    await soon(() => expect(told).toContain('then taken'))
  }
  await over.worker.terminate()
  const waits = vi.spyOn(Atomics, 'wait')
  inbox.collect(LONG)
  expect(waits).not.toHaveReturnedWith('timed-out')
  waits.mockRestore()
  expect(taken.filter((records) => records === COLLECTED)).toHaveLength(1)
})

it('waits no longer than it may for a thread that is busy', async () => {
  const { inbox, taken } = openInbox()
  const { worker, told } = startThread({ busyMillis: 2000 })
  inbox.watch(worker)
  await soon(() => expect(told).toContain('then taken'))
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of threads, not of windows
  worker.postMessage('be busy')
  await once(worker, 'message')
  expect(told).toContain('busy')
  inbox.collect(20)
  expect(taken).not.toContain(COLLECTED)
})
