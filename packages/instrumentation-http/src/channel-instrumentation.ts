import type { AsyncLocalStorage } from 'node:async_hooks'
import { channel, tracingChannel } from 'node:diagnostics_channel'
import { context, diag, type Context } from '@opentelemetry/api'
import { InstrumentationBase } from '@opentelemetry/instrumentation'

/** What to do at the points of a tracing channel; every function gets the channel's message. */
export interface ChannelListeners {
  /** Called first; what it returns is the context in which the traced function runs. */
  start(message: object): Context
  /** The traced function returned or threw. */
  end(message: object): void
  /** The promise that it returned has settled. */
  asyncEnd?(message: object): void
  /** It threw or rejected. */
  error?(message: object): void
}

// `runStores` enters a store by `run` up to Node 25.8 and by `withScope` from 25.9 on. This one enters nothing of
// its own: it hands the context to whichever context manager is registered.
const contextStore = {
  run: <T>(active: Context, fn: () => T): T => context.with(active, fn),
  withScope(active: Context): Disposable {
    const token = context.attach(active)
    return { [Symbol.dispose]: () => token.dispose() }
  },
}

/** Base of the instrumentations that listen to a library's own diagnostics channels instead of patching it. */
export abstract class ChannelInstrumentation extends InstrumentationBase {
  // Declared only: the base class calls `enable` before a field of this class would be set.
  declare private stopListening: (() => void)[] | undefined

  /** Starts listening, through `onChannel` and `onTracingChannel`. */
  protected abstract listen(): void

  override enable(): void {
    if (this.isEnabled()) return
    super.enable()
    this.listen()
  }

  override disable(): void {
    super.disable()
    for (const stop of this.stopListening ?? []) stop()
    this.stopListening = []
  }

  /** Listens to a plain channel until the instrumentation is disabled. */
  protected onChannel(name: string, listener: (message: object) => void): void {
    const target = channel(name)
    const subscriber = shielded(listener)
    target.subscribe(subscriber)
    this.onStop(() => target.unsubscribe(subscriber))
  }

  /** Listens to the parts of a tracing channel until the instrumentation is disabled. */
  protected onTracingChannel(name: string, listeners: ChannelListeners): void {
    const target = tracingChannel(name)
    const store = { ...contextStore } as unknown as AsyncLocalStorage<Context>
    target.start.bindStore(store, (message) => {
      const active = context.active()
      try {
        return listeners.start(message)
      } catch (error) {
        diag.debug('recording failed', error)
        return active
      }
    })
    const subscribers = {
      end: shielded((message) => listeners.end(message)),
      asyncEnd: shielded((message) => listeners.asyncEnd?.(message)),
      error: shielded((message) => listeners.error?.(message)),
    }
    target.end.subscribe(subscribers.end)
    target.asyncEnd.subscribe(subscribers.asyncEnd)
    target.error.subscribe(subscribers.error)
    this.onStop(() => {
      target.start.unbindStore(store)
      target.end.unsubscribe(subscribers.end)
      target.asyncEnd.unsubscribe(subscribers.asyncEnd)
      target.error.unsubscribe(subscribers.error)
    })
  }

  /** Has `stop` called when the instrumentation is disabled, after what was to be stopped before it. */
  protected onStop(stop: () => void): void {
    this.stopListening ??= []
    this.stopListening.push(stop)
  }
}

function shielded(listener: (message: object) => void): (message: unknown) => void {
  // As `quietly` does, without a function for each message.
  return (message) => {
    try {
      listener(message as object)
    } catch (error) {
      diag.debug('recording failed', error)
    }
  }
}
