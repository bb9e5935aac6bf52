import { types } from 'node:util'
import { recordEvent } from '@plutus/events'

let isEndTold = false

/**
 * Records the life of this process: its start now, its end when it exits, and what nobody caught in between.
 *
 * Signals end a process without `exit`: who watches them calls `recordProcessStopped`.
 *
 * @param isSentAtExit whether the engine can still send what is recorded when the process exits. Where it cannot, an end
 * by itself is recorded when the event loop has run dry.
 */
export function recordProcessEvents(isSentAtExit: boolean): void {
  recordProcessStarted()
  process.on('exit', recordProcessStopped)
  if (!isSentAtExit) process.once('beforeExit', recordEndBeforeExit)
  process.on('uncaughtExceptionMonitor', (error) => {
    if (isSurvivable()) recordUncaught(error)
    else recordProcessCrashed(error)
  })
}

/** The listener that flushes is the other one; one of the application may give the event loop work again. */
function recordEndBeforeExit(code: number): void {
  if (process.listenerCount('beforeExit') <= 1) recordProcessStopped(code)
}

/** Whether the application handles exceptions that nobody caught, so that they do not end the process. */
export function isSurvivable(): boolean {
  return process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback()
}

/** Records `process.started`. Throws nothing. */
export function recordProcessStarted(): void {
  recordEvent('process.started', {})
}

/**
 * Records `process.stopped`, unless the end has been told already: a crash is told by `process.crashed` alone. Throws
 * nothing.
 *
 * @param code is the exit code; for an end by a signal 128 and its number, as shells tell it.
 */
export function recordProcessStopped(code: number): void {
  if (isEndTold) return
  isEndTold = true
  recordEvent('process.stopped', { 'process.exit.code': code })
}

/** Records `process.crashed` for what ends the process, which may be any value. Throws nothing. */
export function recordProcessCrashed(thrown: unknown): void {
  if (isEndTold) return
  isEndTold = true
  recordThrown('process.crashed', thrown)
}

/** Records `exception` for what nobody caught and the process survives. Throws nothing. */
export function recordUncaught(thrown: unknown): void {
  recordThrown('exception', thrown)
}

function recordThrown(event: 'exception' | 'process.crashed', thrown: unknown): void {
  if (isError(thrown)) return recordEvent(event, {}, { error: thrown })
  const isReadable = typeof thrown === 'string' || typeof thrown === 'number'
  recordEvent(event, {
    'exception.type': thrown === null ? 'null' : typeof thrown,
    ...(isReadable && { 'exception.message': String(thrown) }),
  })
}

/** Whether a value is an error, of this realm or of another (`vm`), also where asking throws. */
function isError(value: unknown): value is Error {
  try {
    return types.isNativeError(value) || value instanceof Error
  } catch {
    return false
  }
}
