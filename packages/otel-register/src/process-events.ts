import { onFirstTurn } from './first-turn.ts'
import { loadFile } from './own-files.ts'
import type * as Records from './parts/process-records.ts'
import { endsQuietly, onExit } from './quiet-end.ts'

/**
 * Records the life of this process: its start, its end when it exits, and what nobody caught in between.
 *
 * Signals end a process without `exit`: who watches them calls `recordProcessStopped`. The start is recorded once the
 * event loop turns, or with what is recorded before that: what it takes is not to delay the application's first line.
 *
 * An end by itself is recorded when the event loop has run dry, if that is the end: sending it then takes a fraction of
 * what it takes when the process exits.
 *
 * @param isSentAtExit whether the engine can still send what is recorded when the process exits.
 */
export function recordProcessEvents(isSentAtExit: boolean): void {
  startedAt = Date.now()
  onFirstTurn(records)
  process.once('beforeExit', (code) => {
    const { recordProcessStopped: record } = records()
    // The listener that flushes is the other one; one of the application may give the event loop work again.
    if (process.listenerCount('beforeExit') <= 1 && (!isSentAtExit || endsQuietly())) record(code)
  })
  onExit(recordProcessStopped)
  process.on('uncaughtExceptionMonitor', (error) => {
    if (isSurvivable()) records().recordUncaught(error)
    else records().recordProcessCrashed(error)
  })
}

/** Records that the process ends, unless that is told already. Throws nothing. */
export function recordProcessStopped(code: number): void {
  records().recordProcessStopped(code)
}

/** Whether the application handles exceptions that nobody caught, so that they do not end the process. */
export function isSurvivable(): boolean {
  return process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback()
}

let startedAt: number | undefined

/** The records, of which that of the start is the first. */
function records(): typeof Records {
  const loaded = loadFile('parts/process-records') as typeof Records
  if (startedAt !== undefined) loaded.recordProcessStarted(startedAt)
  startedAt = undefined
  return loaded
}
