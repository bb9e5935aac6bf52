import { loadBuiltin } from '@plutus/sdk'
import type { PackedBatch } from '@plutus/sdk'
import type { BroadcastChannel, MessagePort } from 'node:worker_threads'

// In-process only. A hook of another version may stand on the other side, so the form of messages is part of the name.
const CHANNEL = 'plutus.export.1'
// What a worker thread hands over without an answer: a main thread that is busy for long must not fill the memory.
const MAX_UNANSWERED_BYTES = 8 * 1024 * 1024

type Message =
  /** A worker thread asks whether there is a main thread that sends. */
  | { readonly kind: 'hello' }
  /** There is. */
  | { readonly kind: 'welcome' }
  | { readonly kind: 'batch'; readonly from: number; readonly batch: PackedBatch }
  | { readonly kind: 'taken'; readonly by: number; readonly bytes: number }

/** The main thread's end: takes what worker threads of the application hand over. Keeps nothing alive. */
export interface ThreadInbox {
  /** Takes what has come and was not heard yet. */
  drain(): void
}

/** Opens the main thread's end. */
export function openThreadInbox(onBatch: (batch: PackedBatch) => void): ThreadInbox {
  const { channel, drain } = openChannel((message, answer) => {
    if (message.kind === 'hello') answer({ kind: 'welcome' })
    if (message.kind !== 'batch') return
    onBatch(message.batch)
    answer({ kind: 'taken', by: message.from, bytes: message.batch.bytes.length })
  })
  post(channel, { kind: 'welcome' })
  return { drain }
}

/** A worker thread's end: hands batches to the main thread, if that one sends. */
export interface ThreadOutbox {
  /**
   * Hands a batch over, so that it outlives this thread.
   *
   * @returns whether it is taken care of; if not, there is no main thread that sends, or it is busy.
   */
  handOver(batch: PackedBatch): boolean
}

/** Opens a worker thread's end. */
export function openThreadOutbox(): ThreadOutbox {
  const { threadId } = loadBuiltin('node:worker_threads')
  let isWelcome = false
  let unanswered = 0
  const { channel, drain } = openChannel((message) => {
    if (message.kind === 'welcome') isWelcome = true
    else if (message.kind === 'taken' && message.by === threadId) unanswered -= message.bytes
  })
  post(channel, { kind: 'hello' })
  return {
    handOver: (batch) => {
      drain()
      if (!isWelcome || unanswered > MAX_UNANSWERED_BYTES) return false
      unanswered += batch.bytes.length
      return post(channel, { kind: 'batch', from: threadId, batch })
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
