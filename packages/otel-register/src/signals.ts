import { onFirstTurn } from './first-turn.ts'

/** What to do when a signal arrives. */
export interface SignalReaction {
  /** The application has no listener: called before the process ends by the signal; settles soon and never rejects. */
  beforeEnd(signal: NodeJS.Signals): Promise<void>
  /** The application has listeners and decides what happens. Throws nothing. */
  whenHandled(): void
}

type Listener = (...args: unknown[]) => void
type Emit = (...args: unknown[]) => boolean

/** `process` as an emitter of any event. */
interface Emitter {
  emit: Emit
  on(name: unknown, listener: Listener): void
  prependListener(name: string, listener: Listener): void
  removeListener(name: unknown, listener: Listener): void
  listenerCount(name: unknown): number
  listeners(name: unknown): Listener[]
}

const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP']

/**
 * Lets a process that a signal ends do one thing before, and end by that signal as it would have.
 *
 * A listener takes a signal's default action away, and programs count listeners to learn whether they must end the
 * process themselves. So there is a listener of ours only while the application has none: it goes before the first one
 * of the application is added, and comes back after the last one is removed. A handler that removes itself and raises
 * the signal again thus meets ours, which ends the process. A second signal ends it at once.
 */
export function watchSignals(reaction: SignalReaction): void {
  const emitter = process as unknown as Emitter
  const ours = new Map<unknown, Listener>()
  let isTurning = false
  let isEnding = false

  const end = (signal: NodeJS.Signals, onSignal: Listener): void => {
    ours.delete(signal) // it must not come back
    emitter.removeListener(signal, onSignal)
    try {
      process.kill(process.pid, signal)
    } catch {
      process.exit(1) // Windows receives SIGHUP but cannot send it; 1 is what its other signals end with
    }
  }
  for (const signal of SIGNALS) {
    const onSignal = (): void => {
      if (isEnding) return end(signal, onSignal)
      isEnding = true
      void reaction.beforeEnd(signal).then(() => end(signal, onSignal))
    }
    ours.set(signal, onSignal)
  }

  // Node begins to watch a signal in its own listener of `newListener`, and binds `process.emit` there. Around that
  // moment the property is ours: signals pass here first, and nothing else does.
  const emitSignal: Emit = (...args) => {
    const onSignal = ours.get(args[0])
    if (onSignal !== undefined && !emitter.listeners(args[0]).includes(onSignal)) reaction.whenHandled()
    return emitter.emit(...args)
  }
  const replaced: (PropertyDescriptor | undefined)[] = []
  emitter.prependListener('newListener', (signal, listener) => {
    const onSignal = ours.get(signal)
    if (onSignal === undefined) return
    if (listener !== onSignal) emitter.removeListener(signal, onSignal)
    replaced.push(Object.getOwnPropertyDescriptor(process, 'emit'))
    Object.defineProperty(process, 'emit', { configurable: true, enumerable: true, writable: true, value: emitSignal })
  })
  emitter.on('newListener', (signal) => {
    if (!ours.has(signal) || replaced.length === 0) return
    const before = replaced.pop()
    if (before === undefined) delete (process as { emit?: unknown }).emit
    else Object.defineProperty(process, 'emit', before)
  })
  emitter.on('removeListener', (signal, listener) => {
    const onSignal = ours.get(signal)
    if (!isTurning || onSignal === undefined || listener === onSignal) return
    if (emitter.listenerCount(signal) === 0) emitter.on(signal, onSignal)
  })

  // A listener runs in the event loop only. Until the loop turns, a program that is busy with its first turn, or has
  // nothing else to do, is to end by a signal at once.
  onFirstTurn(() => {
    isTurning = true
    for (const [signal, onSignal] of ours) if (emitter.listenerCount(signal) === 0) emitter.on(signal, onSignal)
  })
}
