import { channel } from 'node:diagnostics_channel'

/** Calls back with the message of the first request that `fetch`, or any copy of undici, makes. Nothing is sent before it returns. */
export function onFirstFetch(callback: (message: unknown) => void): void {
  const requests = channel('undici:request:create')
  const onRequest = (message: unknown): void => {
    requests.unsubscribe(onRequest)
    callback(message)
  }
  requests.subscribe(onRequest)
}
