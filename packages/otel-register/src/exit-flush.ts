import type { Engine } from './engine.ts'
import { isSurvivable } from './process-events.ts'

/**
 * Flushes when the event loop has run dry, once, when an exception goes by that the application survives, and when the
 * process ends. Holds the process for at most `waitMillis` each time, and changes neither exit code nor what is printed.
 */
export function flushAtExit(engine: Engine, waitMillis: number): void {
  process.once('beforeExit', () => {
    if (waitMillis > 0) void flushHolding(engine, waitMillis)
  })
  process.on('exit', () => engine.finish?.(waitMillis))
  process.on('uncaughtExceptionMonitor', () => {
    // What ends the process does so in this very turn, and `exit` follows: nothing asynchronous would leave it.
    if (isSurvivable()) void engine.flush(waitMillis)
  })
}

/** Flushes and keeps the event loop alive meanwhile, for at most `waitMillis`. Never rejects. */
export async function flushHolding(engine: Engine, waitMillis: number): Promise<void> {
  let hold: NodeJS.Timeout | undefined
  const over = new Promise<void>((resolve) => {
    hold = setTimeout(resolve, waitMillis)
  })
  await Promise.race([engine.flush(waitMillis), over])
  clearTimeout(hold)
}
