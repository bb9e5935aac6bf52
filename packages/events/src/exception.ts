import { isError } from './is-error.ts'
import { countLoss } from './self-metrics.ts'
import type { Fields } from './scope.ts'

const MAX_CAUSES = 8
// Where payment providers and clouds keep their own code and the id by which their support finds the call.
const PROVIDER_FIELDS: readonly (readonly [attribute: string, ...path: string[]])[] = [
  ['error.code', 'code'],
  ['error.code', 'error', 'code'],
  ['error.code', 'Code'],
  ['payment.decline_code', 'decline_code'],
  ['payment.provider.request_id', 'requestId'],
  ['aws.request_id', '$metadata', 'requestId'],
]

/**
 * Describes an error as attributes: `exception.type`, `exception.message`, `exception.stacktrace` with the chain of
 * causes and of the errors that it stands for, and what its provider says about it (`error.code`, `payment.decline_code`, request ids).
 *
 * @example toException(new TypeError('no'))['exception.type'] // 'TypeError'
 */
export function toException(error: Error): Fields {
  const fields: Fields = { 'exception.type': nameOf(error), 'exception.message': textOf(error, 'message') ?? '' }
  const stack = stackWithCauses(error)
  if (stack !== undefined) fields['exception.stacktrace'] = stack
  for (const [attribute, ...path] of PROVIDER_FIELDS) {
    const value = readPath(error, path)
    const usable = (typeof value === 'string' && value !== '') || typeof value === 'number'
    if (usable && fields[attribute] === undefined) fields[attribute] = String(value)
  }
  return fields
}

function stackWithCauses(error: Error): string | undefined {
  let text = textOf(error, 'stack')
  const seen = new Set<unknown>([error])
  // A set also gives what is added while it is read.
  for (const one of seen) {
    for (const cause of causesOf(one)) {
      if (seen.size > MAX_CAUSES) return text
      if (seen.has(cause)) continue
      seen.add(cause)
      text = `${text ?? ''}\nCaused by: ${describeCause(cause)}`
    }
  }
  return text
}

/** What an error names as its cause, and the errors that it stands for: a refused connection has one for each address. */
function causesOf(error: unknown): unknown[] {
  const cause = read(error, 'cause')
  const causes = cause === undefined || cause === null ? [] : [cause]
  try {
    const errors = read(error, 'errors')
    if (Array.isArray(errors)) causes.push(...errors.slice(0, MAX_CAUSES).filter((member) => isError(member)))
  } catch {
    countLoss('unreadable')
  }
  return causes
}

function describeCause(cause: unknown): string {
  if (isError(cause)) return textOf(cause, 'stack') ?? `${nameOf(cause)}: ${textOf(cause, 'message') ?? ''}`
  return typeof cause === 'string' || typeof cause === 'number' ? String(cause) : `[${typeof cause}]`
}

/** `name` where somebody set it, else the name of the class: many subclasses never set `name`. */
function nameOf(error: Error): string {
  const name = textOf(error, 'name')
  const className = readPath(error, ['constructor', 'name'])
  if ((name === undefined || name === 'Error') && typeof className === 'string' && className !== '') return className
  return name ?? 'Error'
}

function textOf(source: unknown, key: string): string | undefined {
  const value = read(source, key)
  return typeof value === 'string' ? value : undefined
}

function readPath(source: unknown, path: readonly string[]): unknown {
  let value = source
  for (const key of path) value = read(value, key)
  return value
}

function read(source: unknown, key: string): unknown {
  if ((typeof source !== 'object' && typeof source !== 'function') || source === null) return undefined
  try {
    return (source as Fields)[key]
  } catch {
    countLoss('unreadable')
    return undefined
  }
}
