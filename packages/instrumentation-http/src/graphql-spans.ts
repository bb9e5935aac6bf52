import { context, createContextKey, trace, type Context, type Span, type Tracer } from '@opentelemetry/api'
import { describeSource } from './graphql-source.ts'
import { recordError, recordException } from './record-error.ts'
import { isObject } from './unknown.ts'

const MAX_RECORDED_ERRORS = 5
const OPERATION_KEY = createContextKey('plutus.graphql.operation')

/** An operation that is about to run. */
export interface Operation {
  readonly document: unknown
  readonly type: string | undefined
  readonly name: string | undefined
}

/** A field whose own resolver is about to run. */
export interface Field {
  readonly name: string
  readonly path: string
  readonly type: string
  readonly parent: string
}

/** A span, and the context in which what it stands for runs. */
export interface Started {
  readonly span: Span
  readonly context: Context
}

/** Starts the span of an operation, named by its type and name. */
export function startOperation(tracer: Tracer, { document, type = 'query', name }: Operation): Started {
  const attributes: Record<string, string> = { 'graphql.operation.type': type }
  if (name !== undefined) attributes['graphql.operation.name'] = name
  const source = describeSource(document)
  if (source !== undefined) attributes['graphql.source'] = source
  const span = tracer.startSpan(name === undefined ? type : `${type} ${name}`, { attributes })
  return { span, context: trace.setSpan(context.active(), span).setValue(OPERATION_KEY, true) }
}

/** Starts the span of a resolver; `undefined` outside of an operation that has a span. */
export function startField(tracer: Tracer, describe: () => Field): Started | undefined {
  const active = context.active()
  if (active.getValue(OPERATION_KEY) !== true) return undefined
  const field = describe()
  const attributes = {
    'graphql.field.name': field.name,
    'graphql.field.path': field.path,
    'graphql.field.type': field.type,
    'graphql.parent.name': field.parent,
  }
  const span = tracer.startSpan(`graphql.resolve ${withoutIndexes(field.path)}`, { attributes }, active)
  return { span, context: trace.setSpan(active, span) }
}

/** Starts the span of `parse` or `validate`; `undefined` where no span is active, as when a schema is built. */
export function startStep(tracer: Tracer, name: string): Started | undefined {
  const active = context.active()
  if (trace.getSpan(active) === undefined) return undefined
  const span = tracer.startSpan(name, {}, active)
  return { span, context: trace.setSpan(active, span) }
}

/** Ends the span of an operation with its result, in which GraphQL reports the errors of resolvers. */
export function endOperation(span: Span, result: unknown): void {
  const errors = isObject(result) && Array.isArray(result['errors']) ? (result['errors'] as unknown[]) : []
  // The last status wins, so that of the first error is recorded last.
  for (const error of errors.slice(0, MAX_RECORDED_ERRORS).toReversed()) {
    recordError(span, (isObject(error) ? error['originalError'] : undefined) ?? error)
  }
  span.end()
}

/** Ends a span with what was thrown instead of a result. */
export function endWithError(span: Span, error: unknown): void {
  recordError(span, error)
  span.end()
}

/** Ends `parse` or `validate` with what they found: mistakes of the client's, which make no error span. */
export function endStep(span: Span, mistakes: readonly unknown[]): void {
  for (const mistake of mistakes.slice(0, MAX_RECORDED_ERRORS)) recordException(span, mistake)
  span.end()
}

// A list of a thousand elements has a thousand paths and one name.
function withoutIndexes(path: string): string {
  return path
    .split('.')
    .map((part) => (/^\d+$/.test(part) ? '*' : part))
    .join('.')
}
