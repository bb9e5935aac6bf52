import { types } from 'node:util'
import { recordEvent } from '@plutus/events'

let isEndTold = false

/** Records `process.started`, which happened at a Unix time in milliseconds. Throws nothing. */
export function recordProcessStarted(timestamp: number): void {
  recordEvent('process.started', {}, { timestamp })
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
