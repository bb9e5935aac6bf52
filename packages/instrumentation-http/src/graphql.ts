import { context, type Context, type Span } from '@opentelemetry/api'
import {
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
  isWrapped,
  type InstrumentationConfig,
} from '@opentelemetry/instrumentation'
import { ChannelInstrumentation } from './channel-instrumentation.ts'
import { traceExecute, traceStep } from './graphql-patches.ts'
import { endOperation, endStep, endWithError, startField, startOperation, startStep } from './graphql-spans.ts'
import type { Started } from './graphql-spans.ts'
import { isFunction, isObject, type AnyFunction } from './unknown.ts'
import { VERSION } from './version.ts'

const PATCHED = ['>=14.0.0 <17'] // from 17 on graphql has tracing channels
const SUPPORTED = ['>=14.0.0 <18']

/** What the channels of graphql 17 tell; each has some of it. */
interface Message {
  readonly document?: unknown
  readonly operationType?: string
  readonly operationName?: string
  readonly isDefaultResolver?: boolean
  readonly fieldName?: string
  readonly fieldPath?: string
  readonly fieldType?: string
  readonly parentType?: string
  readonly result?: unknown
  readonly error?: unknown
}

type End = (span: Span, message: Message) => void

const endOfOperation: End = (span, message) =>
  'error' in message ? endWithError(span, message.error) : endOperation(span, message.result)

/**
 * Creates the instrumentation of graphql 14 to 17: spans of operations, of parsing and validation within a request,
 * and of the resolvers that an application writes.
 *
 * In place of upstream's, which stops at 16, gives resolvers an empty object for a context that was left out, and
 * fails on contexts that cannot be extended.
 */
export function createGraphqlInstrumentation(config: InstrumentationConfig = {}): GraphqlInstrumentation {
  return new GraphqlInstrumentation('@plutus/instrumentation-http/graphql', VERSION, config)
}

/** Instrumentation of graphql, made by `createGraphqlInstrumentation`. */
export class GraphqlInstrumentation extends ChannelInstrumentation {
  // Declared only: the base class calls `enable` before a field of this class would be set.
  declare private spans: WeakMap<object, Span> | undefined

  protected override init(): InstrumentationNodeModuleDefinition {
    const tracer = (): typeof this.tracer => this.tracer
    const files = [
      this.patchFile('graphql/execution/execute.js', 'execute', (original) => traceExecute(tracer, original)),
      this.patchFile('graphql/language/parser.js', 'parse', (original) => traceStep(tracer, 'graphql.parse', original)),
      this.patchFile('graphql/validation/validate.js', 'validate', (original) =>
        traceStep(tracer, 'graphql.validate', original),
      ),
    ]
    return new InstrumentationNodeModuleDefinition('graphql', SUPPORTED, undefined, undefined, files)
  }

  private patchFile(
    file: string,
    name: string,
    wrapper: (original: AnyFunction) => AnyFunction,
  ): InstrumentationNodeModuleFile {
    const patch = (exports: unknown): unknown => {
      if (isObject(exports) && isFunction(exports[name]))
        this._wrap(exports as Record<string, AnyFunction>, name, wrapper)
      return exports
    }
    const unpatch = (exports: unknown): void => {
      if (isObject(exports) && isWrapped(exports[name])) this._unwrap(exports, name)
    }
    return new InstrumentationNodeModuleFile(file, PATCHED, patch, unpatch)
  }

  protected override listen(): void {
    this.spans = new WeakMap()
    const start = (message: Message): Started => startOperation(this.tracer, operationOf(message))
    this.trace('graphql:execute', start, endOfOperation)
    this.trace('graphql:subscribe', start, endOfOperation)
    this.trace(
      'graphql:parse',
      () => startStep(this.tracer, 'graphql.parse'),
      (span, message) => endStep(span, 'error' in message ? [message.error] : []),
    )
    this.trace(
      'graphql:validate',
      () => startStep(this.tracer, 'graphql.validate'),
      (span, message) => endStep(span, 'error' in message ? [message.error] : listOf(message.result)),
    )
    this.trace(
      'graphql:resolve',
      (message) => (isWritten(message) ? startField(this.tracer, () => fieldOf(message)) : undefined),
      (span, message) => ('error' in message ? endWithError(span, message.error) : span.end()),
    )
  }

  private trace(channel: string, start: (message: Message) => Started | undefined, end: End): void {
    const finish = (message: object): void => {
      const span = this.spans?.get(message)
      if (span === undefined) return
      this.spans?.delete(message)
      end(span, message)
    }
    this.onTracingChannel(channel, {
      start: (message): Context => {
        const started = start(message)
        if (started === undefined) return context.active()
        this.spans?.set(message, started.span)
        return started.context
      },
      // Before a promise has settled, the message has neither.
      end: (message) => {
        if ('result' in message || 'error' in message) finish(message)
      },
      asyncEnd: finish,
    })
  }
}

function operationOf(message: Message): { document: unknown; type: string | undefined; name: string | undefined } {
  return { document: message.document, type: message.operationType, name: message.operationName }
}

/** Whether the application wrote the resolver: the default one reads a property, those of `__schema` are graphql's. */
function isWritten({ isDefaultResolver, fieldName = '', parentType = '' }: Message): boolean {
  return isDefaultResolver !== true && !fieldName.startsWith('__') && !parentType.startsWith('__')
}

function fieldOf(message: Message): { name: string; path: string; type: string; parent: string } {
  const { fieldName = '', fieldPath = '', fieldType = '', parentType = '' } = message
  return { name: fieldName, path: fieldPath, type: fieldType, parent: parentType }
}

function listOf(result: unknown): readonly unknown[] {
  return Array.isArray(result) ? result : []
}
