import { constants } from 'node:os'
import { onFirstTurn } from './first-turn.ts'

/** What to do when a signal arrives. */
export interface SignalReaction {
  /** The application has no listener: called before the process ends by the signal; settles soon and never rejects. */
  beforeEnd(signal: NodeJS.Signals): Promise<void>
  /**
   * The same where the application itself sends the signal, which ends the process within that very call. Absent if
   * nothing can be done at once. Throws nothing.
   */
  beforeEndNow?(signal: NodeJS.Signals): void
  /** The application has listeners and decides what happens. Throws nothing. */
  whenHandled(): void
}

type Listener = (...args: unknown[]) => unknown
type Kill = (pid: number, signal: number) => number

/** `process` as an emitter of any event. */
interface Emitter {
  on(name: string, listener: Listener): void
  prependListener(name: string, listener: Listener): void
  listenerCount(name: unknown): number
  listeners(name: string): Listener[]
}

/** What Node holds for a signal that it watches. */
interface Watch {
  /** Called for each signal: `process.emit`, bound. */
  readonly onsignal: () => void
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
// The kernel keeps a signal that would take its default action from the first process of a container.
const FIRST_PROCESS = 1

/**
 * Lets a process that a signal ends do one thing before, and end by that signal as it would have.
 *
 * A listener takes a signal's default action away, and programs count listeners to learn whether they must end the
 * process themselves. So there is none of ours: Node is made to watch the signals as it does for a listener, and each
 * signal goes on to the application's listeners, if there are any when it comes.
 */
export function watchSignals(reaction: SignalReaction): void {
  const emitter = process as unknown as Emitter
  const internals = process as unknown as { _kill?: Kill }
  // Node's own listeners for listeners, through which it begins and ends to watch a signal.
  const begin = emitter.listeners('newListener').find(({ name }) => name === 'startListeningIfSignal')
  const end = emitter.listeners('removeListener').find(({ name }) => name === 'stopListeningIfSignal')
  const kill = internals._kill
  if (begin === undefined || end === undefined || kill === undefined) return
  let isTurning = false
  let isEnding = false

  const endBy = (signal: NodeJS.Signals): void => {
    isEnding = true
    end(signal)
    try {
      process.kill(process.pid, signal)
    } catch {
      process.exit(1) // Windows receives SIGHUP but cannot send it; 1 is what its other signals end with
    }
  }
  const onDefault = (signal: NodeJS.Signals): void => {
    if (process.pid === FIRST_PROCESS) return reaction.whenHandled()
    if (isEnding) return endBy(signal)
    isEnding = true
    void reaction.beforeEnd(signal).then(() => endBy(signal))
  }
  const watch = (signal: NodeJS.Signals): void => {
    const found = findWatch(() => begin(signal))
    if (found === undefined) return void end(signal) // unless the application listens
    const emit = found.onsignal
    // Reading it is the moment at which the signal arrives; no call stack of the application has a frame of ours.
    Object.defineProperty(found, 'onsignal', {
      configurable: true,
      get: () => {
        if (emitter.listenerCount(signal) === 0) return () => onDefault(signal)
        reaction.whenHandled()
        return emit
      },
    })
  }

  emitter.prependListener('newListener', (signal) => {
    if (!isWatchable(signal) || emitter.listenerCount(signal) > 0) return
    end(signal)
    watch(signal) // anew: Node binds the `process.emit` of this moment
  })
  emitter.on('removeListener', (signal) => {
    if (isTurning && isWatchable(signal) && emitter.listenerCount(signal) === 0) watch(signal)
  })
  // What is behind `process.kill`. A signal that a process sends to itself and does not handle ends it within the call.
  internals._kill = (pid, number) => {
    const signal = SIGNALS.find((name) => constants.signals[name] === number)
    if (pid === process.pid && signal !== undefined && !isEnding && emitter.listenerCount(signal) === 0) {
      if (reaction.beforeEndNow !== undefined && pid !== FIRST_PROCESS) {
        isEnding = true
        reaction.beforeEndNow(signal)
        end(signal)
      }
    }
    return kill(pid, number)
  }

  // Signals are heard in the event loop only. Until it turns, a program that is busy with its first turn, or has nothing
  // else to do, is to end by a signal at once.
  onFirstTurn(() => {
    isTurning = true
    for (const signal of SIGNALS) if (emitter.listenerCount(signal) === 0) watch(signal)
  })
}

function isWatchable(signal: unknown): signal is NodeJS.Signals {
  return (SIGNALS as readonly unknown[]).includes(signal)
}

/** Calls a function that makes Node watch a signal, and returns what Node then holds for it, if that is new. */
function findWatch(begin: () => void): Watch | undefined {
  const { createHook } = process.getBuiltinModule('node:async_hooks')
  let found: Watch | undefined
  const hook = createHook({
    init: (_id, type, _trigger, resource) => {
      if (type === 'SIGNALWRAP') found = resource as Watch
    },
  })
  hook.enable()
  try {
    begin()
  } finally {
    hook.disable()
  }
  return typeof found?.onsignal === 'function' ? found : undefined
}
