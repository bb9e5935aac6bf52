import { context, type Tracer } from '@opentelemetry/api'
import { endOperation, endStep, endWithError, startField, startOperation, startStep } from './graphql-spans.ts'
import { quietly } from './quietly.ts'
import { isFunction, isObject, type AnyFunction } from './unknown.ts'

/** Makes `execute` of graphql 14 to 16 run in a span. Leaves the arguments as they are. */
export function traceExecute(tracer: () => Tracer, execute: AnyFunction): AnyFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    const given = args.length > 1 ? { schema: args[0], document: args[1], operationName: args[5] } : args[0]
    if (!isObject(given)) return execute.apply(this, args)
    quietly(() => traceResolvers(tracer, given['schema']))
    const { document } = given
    const started = startOperation(tracer(), { document, ...findOperation(document, given['operationName']) })
    return run(
      started,
      () => execute.apply(this, args),
      (result) => endOperation(started.span, result),
    )
  }
}

/** Makes `parse` or `validate` of graphql 14 to 16 run in a span. */
export function traceStep(tracer: () => Tracer, name: string, step: AnyFunction): AnyFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    const started = startStep(tracer(), name)
    if (started === undefined) return step.apply(this, args)
    try {
      const result = context.with(started.context, () => step.apply(this, args))
      endStep(started.span, name === 'graphql.validate' && Array.isArray(result) ? result : [])
      return result
    } catch (error) {
      endStep(started.span, [error])
      throw error
    }
  }
}

const tracedSchemas = new WeakSet<object>()

/** Has the resolvers that the application wrote run in spans; the default one, which reads a property, does without. */
function traceResolvers(tracer: () => Tracer, schema: unknown): void {
  if (!isObject(schema) || !isFunction(schema['getTypeMap']) || tracedSchemas.has(schema)) return
  tracedSchemas.add(schema)
  for (const [name, type] of Object.entries(schema['getTypeMap']() as Record<string, unknown>)) {
    if (name.startsWith('__') || !isObject(type) || !('isTypeOf' in type) || !isFunction(type['getFields'])) continue
    for (const field of Object.values(type['getFields']() as Record<string, { resolve?: unknown }>)) {
      if (isFunction(field.resolve) && !tracedResolvers.has(field.resolve)) {
        field.resolve = traceResolver(tracer, field.resolve)
      }
    }
  }
}

const tracedResolvers = new WeakSet<AnyFunction>()

function traceResolver(tracer: () => Tracer, resolve: AnyFunction): AnyFunction {
  const traced: AnyFunction = function (...args: unknown[]): unknown {
    const started = startField(tracer(), () => describeField(args[3]))
    if (started === undefined) return resolve.apply(this, args)
    return run(
      started,
      () => resolve.apply(this, args),
      () => started.span.end(),
    )
  }
  tracedResolvers.add(traced)
  return traced
}

function run(
  started: { readonly span: Parameters<typeof endWithError>[0]; readonly context: Parameters<typeof context.with>[0] },
  call: () => unknown,
  end: (result: unknown) => void,
): unknown {
  let result: unknown
  try {
    result = context.with(started.context, call)
  } catch (error) {
    endWithError(started.span, error)
    throw error
  }
  if (result instanceof Promise) {
    // In place of the promise, so that a rejection that nobody handles stays one that nobody handles.
    return result.then(
      (value: unknown) => {
        quietly(() => end(value))
        return value
      },
      (error: unknown) => {
        quietly(() => endWithError(started.span, error))
        throw error
      },
    )
  }
  quietly(() => end(result))
  return result
}

interface ResolveInfo {
  readonly fieldName: string
  readonly returnType: unknown
  readonly parentType: { readonly name: string }
  readonly path: Path
}
interface Path {
  readonly prev: Path | undefined
  readonly key: string | number
}

function describeField(info: unknown): { name: string; path: string; type: string; parent: string } {
  const { fieldName, returnType, parentType, path } = info as ResolveInfo
  const keys: (string | number)[] = []
  for (let at: Path | undefined = path; at !== undefined; at = at.prev) keys.unshift(at.key)
  return { name: fieldName, path: keys.join('.'), type: String(returnType), parent: parentType.name }
}

/** The operation of a document that would run: the named one, or the only one. */
function findOperation(
  document: unknown,
  operationName: unknown,
): { type: string | undefined; name: string | undefined } {
  const definitions = isObject(document) && Array.isArray(document['definitions']) ? document['definitions'] : []
  const operation = definitions.find(
    (definition: unknown) =>
      isObject(definition) &&
      typeof definition['operation'] === 'string' &&
      (typeof operationName !== 'string' || nameOf(definition) === operationName),
  ) as Record<string, unknown> | undefined
  const type = typeof operation?.['operation'] === 'string' ? operation['operation'] : undefined
  return { type, name: operation === undefined ? undefined : nameOf(operation) }
}

function nameOf(definition: Record<PropertyKey, unknown>): string | undefined {
  const name = definition['name']
  const value = isObject(name) ? name['value'] : undefined
  return typeof value === 'string' ? value : undefined
}
