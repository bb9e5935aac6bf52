import { diag } from '@opentelemetry/api'
import type { Instrumentation } from '@opentelemetry/instrumentation'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import type { ResolvedConfig } from '@plutus/config'
import { createFetchHeaders, describeFetch, readError } from '@plutus/instrumentation-http'

type Listener = (this: Instrumentation, message: { readonly error?: unknown }) => void

/** What upstream's class hears of requests, on channels, whose listeners must not throw. */
const LISTENERS = ['onRequestCreated', 'onRequestHeaders', 'onResponseHeaders', 'onDone', 'onError'] as const

/** It is loaded for the first request, whose message has been published by then. */
export const create = (config: ResolvedConfig, first?: unknown): Instrumentation => {
  const addHeaders = createFetchHeaders({
    correlationHeaders: config.get('PLUTUS_CORRELATION_HEADERS'),
    correlationHosts: config.get('PLUTUS_CORRELATION_HOSTS'),
  })
  const settings: ConstructorParameters<typeof UndiciInstrumentation>[0] = {
    startSpanHook: (request) => describeFetch(request),
    requestHook: (span, request) => addHeaders(request, span),
  }
  const instrumentation = new UndiciInstrumentation({ ...settings, enabled: false })
  const observer = instrumentation as unknown as Record<(typeof LISTENERS)[number], Listener>
  for (const name of LISTENERS) observer[name] = shield(observer[name])
  instrumentation.setConfig({ ...settings, enabled: true })
  instrumentation.enable()
  if (first !== undefined) observer.onRequestCreated.call(instrumentation, first as object)
  return instrumentation
}

/** The same listener, which throws nothing, and for which errors are what can be read of them: they may be anything. */
function shield(listener: Listener): Listener {
  return function (message) {
    try {
      const { error } = message
      listener.call(this, error === undefined ? message : { ...message, error: readError(error) })
    } catch (error) {
      diag.debug('recording failed', error)
    }
  }
}
