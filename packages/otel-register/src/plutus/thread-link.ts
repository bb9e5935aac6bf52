import { loadBuiltin } from '@plutus/sdk'
import type { PackedBatch } from '@plutus/sdk'
import { PlacedBatches } from './placed-batches.ts'
import type { BroadcastChannel, MessagePort, Worker } from 'node:worker_threads'

// In-process only. A hook of another version may stand on the other side, so the form of messages is part of the name.
const CHANNEL = 'plutus.export.1'
// What a worker thread hands over without an answer: a main thread that is busy for long must not fill the memory.
const MAX_UNANSWERED_BYTES = 8 * 1024 * 1024
// A main thread whose event loop turns has answered by then.
const DECISION_MILLIS = 1000
// As Node made them: a test of the application may replace them.
const { setTimeout, clearTimeout } = globalThis

type Message =
  /** A worker thread asks whether there is a main thread that sends. */
  | { readonly kind: 'hello'; readonly from: number }
  /** There is. */
  | { readonly kind: 'welcome' }
  /** A worker thread has heard so. */
  | { readonly kind: 'here'; readonly from: number }
  | { readonly kind: 'batch'; readonly from: number; readonly batch: PackedBatch }
  | { readonly kind: 'taken'; readonly by: number; readonly bytes: number }
  /** The process ends: worker threads are to hand over what they have, and to count themselves. */
  | { readonly kind: 'collect'; readonly answered: SharedArrayBuffer }

/** The main thread's end: takes what worker threads of the application hand over. Keeps nothing alive. */
export interface ThreadInbox {
  /** Knows from now on when a thread is over. */
  watch(worker: Worker): void
  /** Takes what has come and was not heard yet. */
  drain(): void
  /**
   * Takes what threads have not handed over yet too: blocks until each of them has answered, for at most so many
   * milliseconds. A thread that is busy with the application does not.
   */
  collect(millis: number): void
  /** Takes nothing any more. */
  close(): void
}

/** Opens the main thread's end. */
export function openThreadInbox(onBatch: (batch: PackedBatch) => void): ThreadInbox {
  const living = new Set<number>()
  const over = new Set<number>()
  const placed = new PlacedBatches(onBatch)
  const { channel, drain: drainChannel } = openChannel((message, answer) => {
    if (message.kind === 'hello') answer({ kind: 'welcome' })
    if (message.kind === 'here' && !over.has(message.from)) living.add(message.from)
    if (message.kind !== 'batch') return
    const { place } = message.batch
    if (place === undefined) onBatch(message.batch)
    else placed.add({ ...message.batch, place })
    answer({ kind: 'taken', by: message.from, bytes: message.batch.bytes.length })
  })
  post(channel, { kind: 'welcome' })
  const drain = (): void => {
    drainChannel()
    placed.flush()
  }
  return {
    watch: (worker) => {
      const { threadId } = worker // it has none any more when it is over
      worker.once('exit', () => {
        living.delete(threadId)
        over.add(threadId)
      })
    },
    drain,
    collect: (millis) => {
      drain()
      if (living.size === 0 || millis <= 0) return
      const answered = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
      post(channel, { kind: 'collect', answered: answered.buffer })
      const until = performance.now() + millis
      for (let count = 0; count < living.size; count = Atomics.load(answered, 0)) {
        const left = until - performance.now()
        if (left <= 0) break
        Atomics.wait(answered, 0, count, left)
      }
      drain()
    },
    close: () => channel.close(),
  }
}

/** A worker thread's end: hands batches to the main thread, if that one sends. */
export interface ThreadOutbox {
  /**
   * Hands a batch over, so that it outlives this thread.
   *
   * @returns whether it is taken care of; not if there is no main thread that sends, or it is busy. It may turn out
   *   `later` whether there is one: the main thread may be slow to answer while threads start. Then the batch is to be
   *   handed over again. One that is durable and not on disk is with the main thread meanwhile, if there is one, since
   *   this thread may be ended at any moment; it comes twice where that one answers too late for this one.
   */
  handOver(batch: PackedBatch): 'taken' | 'refused' | 'later'
  /** Resolves when it has turned out whether there is a main thread that sends. */
  readonly decided: Promise<void>
}

/**
 * Opens a worker thread's end.
 *
 * @param onDecided is told when it has turned out whether there is a main thread that sends.
 * @param onCollect hands over what there is: nothing of this thread may run after that.
 */
export function openThreadOutbox(onDecided: () => void, onCollect: () => void): ThreadOutbox {
  const { threadId } = loadBuiltin('node:worker_threads')
  let isWelcome = false
  let isDecided = false
  let unanswered = 0
  /** Bytes of what is with the main thread before it is decided whether there is one. */
  const offered = new WeakSet<Uint8Array>()
  const { promise: decided, resolve: settle } = Promise.withResolvers<void>()
  const decide = (): void => {
    if (isDecided) return
    isDecided = true
    clearTimeout(timer)
    onDecided()
    settle()
  }
  const timer = setTimeout(decide, DECISION_MILLIS).unref()
  const { channel, drain } = openChannel((message) => {
    if (message.kind === 'welcome') {
      if (!isWelcome) post(channel, { kind: 'here', from: threadId })
      isWelcome = true
      decide()
    } else if (message.kind === 'collect') {
      onCollect()
      const answered = new Int32Array(message.answered)
      Atomics.add(answered, 0, 1)
      Atomics.notify(answered, 0)
    } else if (message.kind === 'taken' && message.by === threadId) unanswered -= message.bytes
  })
  post(channel, { kind: 'hello', from: threadId })
  const offer = (batch: PackedBatch): boolean => {
    if (unanswered > MAX_UNANSWERED_BYTES || !post(channel, { kind: 'batch', from: threadId, batch })) return false
    unanswered += batch.bytes.length
    return true
  }
  return {
    decided,
    handOver: (batch) => {
      drain()
      const isOffered = offered.has(batch.bytes)
      if (isDecided) return isWelcome && (isOffered || offer(batch)) ? 'taken' : 'refused'
      if (batch.isDurable && batch.place === undefined && !isOffered && offer(batch)) offered.add(batch.bytes)
      return 'later'
    },
  }
}

function openChannel(hear: (message: Message, answer: (message: Message) => void) => void): {
  readonly channel: BroadcastChannel
  readonly drain: () => void
} {
  const { BroadcastChannel: Channel, receiveMessageOnPort } = loadBuiltin('node:worker_threads')
  const channel = new Channel(CHANNEL)
  const answer = (message: Message): void => void post(channel, message)
  channel.addEventListener('message', (event) => hear((event as { readonly data: Message }).data, answer))
  channel.unref()
  // Node takes either; its types know of one.
  const port = channel as unknown as MessagePort
  const drain = (): void => {
    for (let got = receiveMessageOnPort(port); got !== undefined; got = receiveMessageOnPort(port)) {
      hear(got.message as Message, answer)
    }
  }
  return { channel, drain }
}

function post(channel: BroadcastChannel, message: Message): boolean {
  try {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel of threads, not of windows
    channel.postMessage(message)
    return true
  } catch {
    return false
  }
}
