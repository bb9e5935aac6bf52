import { context, propagation } from '@opentelemetry/api'
import { ATTR_CORRELATION_ID } from '@plutus/conventions'
import { copyFields } from './copy-fields.ts'
import { isCorrelationId } from './correlation-id.ts'
import { quietly } from './quietly.ts'
import { currentScope, fieldsOf, runInScope } from './scope.ts'
import type { Fields } from './scope.ts'
import { countLoss } from './self-metrics.ts'

/** Context of a unit of work as plain texts, to travel in a job's payload or a message between threads. */
export type Carrier = Readonly<Record<string, string>>

const FIELDS_KEY = 'plutus-context'
const MAX_TEXT = 8_192
const MAX_FIELDS = 64

/**
 * Writes the active trace, baggage and context fields down as plain texts, for `runWithCarrier` on the other side.
 *
 * What is written leaves with the payload: send it only where the fields may be read. Of fields that take more than
 * 8,192 characters only the correlation id travels.
 *
 * @example worker.postMessage({ job, context: captureContext() })
 */
export function captureContext(): Carrier {
  const carrier: Record<string, string> = {}
  quietly(() => propagation.inject(context.active(), carrier))
  const fields = fieldsOf(currentScope())
  if (fields === undefined || Object.keys(fields).length === 0) return carrier
  const text = JSON.stringify(fields)
  carrier[FIELDS_KEY] = text.length <= MAX_TEXT ? text : correlationOnly(fields)
  return carrier
}

function correlationOnly(fields: Fields): string {
  countLoss('too_large')
  const id = fields[ATTR_CORRELATION_ID]
  return JSON.stringify(isCorrelationId(id) ? { [ATTR_CORRELATION_ID]: id } : {})
}

/**
 * Runs `fn` in the context that `captureContext` wrote down, and returns what `fn` returns.
 *
 * A carrier is input from outside: what is not of its form is left out and counted, and `fn` runs all the same.
 *
 * @example parentPort.on('message', ({ job, context }) => runWithCarrier(context, () => handle(job)))
 */
export function runWithCarrier<T>(carrier: Carrier | undefined, fn: () => T): T {
  const texts = readTexts(carrier)
  let extracted = context.active()
  quietly(() => (extracted = propagation.extract(extracted, texts)))
  const scope = { fields: readFields(texts[FIELDS_KEY]), parent: undefined }
  return context.with(extracted, () => runInScope(scope, fn))
}

function readTexts(carrier: unknown): Record<string, string> {
  const texts: Record<string, string> = {}
  if (typeof carrier !== 'object' || carrier === null) return texts
  for (const [key, value] of Object.entries(copyFields(carrier as Fields))) {
    if (typeof value === 'string' && value.length <= MAX_TEXT) texts[key] = value
    else countLoss('invalid')
  }
  return texts
}

function readFields(text: string | undefined): Fields {
  if (text === undefined) return {}
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
      const entries = Object.entries(parsed).filter(([key, value]) => mayTravel(key, value))
      if (entries.length <= MAX_FIELDS) return copyFields(Object.fromEntries(entries))
    }
  } catch {
    // Counted below with everything else that is not of the form.
  }
  countLoss('invalid')
  return {}
}

/** An id that breaks the rule would stand on records as it came. */
function mayTravel(key: string, value: unknown): boolean {
  if (key !== ATTR_CORRELATION_ID || isCorrelationId(value)) return key !== '__proto__'
  countLoss('invalid')
  return false
}
