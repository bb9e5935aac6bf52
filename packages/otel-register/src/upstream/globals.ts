import { context, diag, logs, metrics, propagation, trace } from '@opentelemetry/api'
import type {
  ContextManager,
  LoggerProvider,
  MeterProvider,
  TextMapPropagator,
  TracerProvider,
} from '@opentelemetry/api'

// Where @opentelemetry/api 1.x of any copy keeps what is registered, and where the separate package api-logs did.
const API = Symbol.for('opentelemetry.js.api.1')
const OLD_LOGS_API = Symbol.for('io.opentelemetry.js.api.logs')
const OLD_LOGS_VERSION = 1

type Globals = typeof globalThis & {
  [API]?: Partial<Record<'trace' | 'metrics' | 'logs' | 'context' | 'propagation', unknown>>
  [OLD_LOGS_API]?: (version: number) => unknown
}

/** What is to be registered. */
export interface Registration {
  readonly contextManager: ContextManager
  readonly propagator?: TextMapPropagator
  readonly tracerProvider?: TracerProvider
  readonly meterProvider?: MeterProvider
  readonly loggerProvider?: LoggerProvider
}

/** Whether somebody else has registered a provider in this process. */
export function hasForeignSdk(): boolean {
  const registered = (globalThis as Globals)[API]
  return registered?.trace !== undefined || registered?.metrics !== undefined || registered?.logs !== undefined
}

/** Makes providers, context manager and propagator known to every copy of the API in this process. */
export function registerGlobals(registration: Registration): void {
  const { contextManager, propagator, tracerProvider, meterProvider, loggerProvider } = registration
  context.setGlobalContextManager(contextManager)
  if (propagator !== undefined) propagation.setGlobalPropagator(propagator)
  if (tracerProvider !== undefined) trace.setGlobalTracerProvider(tracerProvider)
  if (meterProvider !== undefined) metrics.setGlobalMeterProvider(meterProvider)
  if (loggerProvider !== undefined) {
    logs.setGlobalLoggerProvider(loggerProvider)
    registerOldLogs(loggerProvider)
  }
}

/** Code on `@opentelemetry/api-logs` looks at another global than that on `@opentelemetry/api` 1.10. */
function registerOldLogs(loggerProvider: LoggerProvider): void {
  const globals = globalThis as Globals
  if (globals[OLD_LOGS_API] !== undefined) {
    diag.debug('The global of @opentelemetry/api-logs is taken')
    return
  }
  globals[OLD_LOGS_API] = (version) => (version === OLD_LOGS_VERSION ? loggerProvider : undefined)
}
