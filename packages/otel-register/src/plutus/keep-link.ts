import { loadBuiltin } from '@plutus/sdk'

// In-process only. A hook of another version may listen, so the form of messages is part of the name.
const CHANNEL = 'plutus.keep.1'

/**
 * Opens the way by which the threads of a process tell one another of traces that are kept for what happened in them.
 * Keeps nothing alive.
 *
 * @param hear gets the key of a trace that another thread keeps.
 * @returns tells the other threads. Throws nothing.
 */
export function openKeepLink(hear: (key: number) => void): (key: number) => void {
  const { BroadcastChannel } = loadBuiltin('node:worker_threads')
  const channel = new BroadcastChannel(CHANNEL)
  channel.addEventListener('message', (event) => {
    const { data } = event as { readonly data: unknown }
    if (typeof data === 'number') hear(data)
  })
  channel.unref()
  return (key) => {
    try {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel of threads, not of windows
      channel.postMessage(key)
    } catch {
      // The thread is about to end; so is what the others could keep with it.
    }
  }
}
