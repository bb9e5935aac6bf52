import type { Engine } from './engine.ts'
import { isSurvivable } from './process-events.ts'
import { endsQuietly, onExit, placeLast, runAfterListeners } from './quiet-end.ts'

// The rest is for what is recorded last, and for hearing what became of everything.
const FLUSH_SHARE = 0.8

/**
 * Flushes when the event loop has run dry, once, when an exception goes by that the application survives, and when the
 * process ends, before the listeners of the application and after them. An end holds the process for at most `waitMillis`, and changes neither exit code nor what is printed.
 */
export function flushAtExit(engine: Engine, waitMillis: number): void {
  let leftMillis = waitMillis
  let wasLast = false
  const flushOnce = async (isLast: boolean): Promise<void> => {
    leftMillis = await flushHolding(engine, waitMillis, isLast)
    wasLast = isLast
    // A listener of the application may have given the event loop work: its end is another one then.
    setTimeout(() => {
      leftMillis = waitMillis
      wasLast = false
    }, waitMillis).unref()
  }
  let isEnding = false
  let isOver = false
  const finishLast = (): void => {
    if (isOver) return
    isOver = true
    engine.finish?.(leftMillis)
  }
  process.once('beforeExit', () => {
    if (!endsQuietly()) placeLast(finishLast)
    if (waitMillis > 0) void flushOnce(process.listenerCount('beforeExit') === 0 && endsQuietly())
  })
  onExit(() => {
    isEnding = true
    const isMore = !endsQuietly()
    if (isMore) runAfterListeners(finishLast)
    engine.finish?.(leftMillis, wasLast, isMore)
  })
  process.on('uncaughtExceptionMonitor', () => {
    // What ends the process does so in this very turn, and `exit` follows: nothing asynchronous would leave it.
    if (isEnding) finishLast()
    else if (isSurvivable()) void engine.flush(waitMillis)
    else if (!endsQuietly()) placeLast(finishLast)
  })
}

/**
 * Flushes and keeps the event loop alive meanwhile, for a part of `waitMillis` where the engine can finish in the rest.
 * Resolves with what is left of it. Never rejects.
 */
export async function flushHolding(engine: Engine, waitMillis: number, isLast = false): Promise<number> {
  const since = performance.now()
  const flushMillis = engine.finish === undefined ? waitMillis : waitMillis * FLUSH_SHARE
  let hold: NodeJS.Timeout | undefined
  const over = new Promise<void>((resolve) => {
    hold = setTimeout(resolve, flushMillis)
  })
  await Promise.race([engine.flush(flushMillis, isLast), over])
  clearTimeout(hold)
  return Math.max(waitMillis - (performance.now() - since), 0)
}
