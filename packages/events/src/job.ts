import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Attributes, Span } from '@opentelemetry/api'
import { ATTR_CORRELATION_ID } from '@plutus/conventions'
import type { Carrier } from './carrier.ts'
import { runWithCarrier } from './carrier.ts'
import { createCorrelationId, getCorrelationId } from './correlation.ts'
import { getContext } from './context.ts'
import { copyFields, readOptions } from './copy-fields.ts'
import { errorTypeOf } from './error-type.ts'
import { isError } from './is-error.ts'
import { measure } from './measure.ts'
import type { Outcome } from './measure.ts'
import { quietly } from './quietly.ts'
import { runInScope } from './scope.ts'
import type { Fields } from './scope.ts'
import { toLabel } from './to-label.ts'
import { recordEvent } from './typed-logger.ts'

/** What `runJob` knows of a job beside its name. */
export interface JobOptions {
  /** Id of this job, `job.id`; a new UUID by default. */
  readonly id?: string
  /** Which try this is, from 1; from 2 on the job is recorded as retried. @defaultValue 1 */
  readonly attempt?: number
  /** Context that `captureContext` wrote into the job's payload when it was queued; by default that of the caller. */
  readonly carrier?: Carrier | undefined
  /** Fields on every record of the job. */
  readonly fields?: Readonly<Fields>
}

interface JobFields {
  readonly 'job.name': string
  readonly 'job.id': string
  readonly 'job.attempt': number
}

/**
 * Runs a background job as a unit of work of its own: a span, the events `job.started` (or `job.retried`) and
 * `job.completed` or `job.failed`, and `job.name`, `job.id`, `job.attempt` and a correlation id on every record below.
 * What the job adds to the context, such as its user, stays within it.
 *
 * Returns what `fn` returns, and throws what it throws.
 *
 * @example await runJob('settlement', () => settle(day), { attempt: job.attemptsMade + 1, carrier: job.data.context })
 */
export function runJob<T>(name: string, fn: () => T, options?: JobOptions): T {
  const { id, attempt = 1, fields, carrier } = readOptions(options)
  const job = { 'job.name': name, 'job.id': id ?? createCorrelationId(), 'job.attempt': attempt }
  const run = (): T => {
    const correlationId = getCorrelationId() ?? createCorrelationId()
    const own = { ...(fields && copyFields(fields)), ...copyFields(job), [ATTR_CORRELATION_ID]: correlationId }
    // A layer without a parent: `setUser` in the job must not reach the request that started it.
    const scope = { fields: { ...getContext(), ...own }, parent: undefined }
    return runInScope(scope, () => runInSpan(job, correlationId, fn))
  }
  return carrier === undefined ? run() : runWithCarrier(carrier, run)
}

function runInSpan<T>(job: JobFields, correlationId: string, fn: () => T): T {
  const span = startSpan(job, correlationId)
  const run = (): T => {
    const { 'job.attempt': attempt } = job
    recordEvent(typeof attempt === 'number' && attempt > 1 ? 'job.retried' : 'job.started', job)
    return measure(fn, (outcome) => {
      quietly(() => recordEnd(job, span, outcome))
      span?.end()
    })
  }
  return span === undefined ? run() : context.with(trace.setSpan(context.active(), span), run)
}

/** A tracer that throws costs the span and not the job. */
function startSpan(job: JobFields, correlationId: string): Span | undefined {
  let span: Span | undefined
  quietly(() => {
    const name = toLabel(job['job.name'])
    const attributes: Attributes = {
      'job.name': name,
      'job.id': toLabel(job['job.id']),
      [ATTR_CORRELATION_ID]: correlationId,
    }
    if (typeof job['job.attempt'] === 'number') attributes['job.attempt'] = job['job.attempt']
    span = trace.getTracer('@plutus/events').startSpan(`job ${name}`, { kind: SpanKind.CONSUMER, attributes })
  })
  return span
}

function recordEnd(job: JobFields, span: Span | undefined, outcome: Outcome): void {
  const ended = { ...job, 'job.duration': outcome.seconds }
  if (!outcome.failed) {
    recordEvent('job.completed', ended)
    return
  }
  const error = isError(outcome.thrown) ? outcome.thrown : undefined
  const type = errorTypeOf(outcome.thrown)
  recordEvent('job.failed', { ...ended, 'error.type': type }, { error })
  span?.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR, message: error?.message ?? type })
}
