import type { Instrumentation } from '@opentelemetry/instrumentation'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import type { ResolvedConfig } from '@plutus/config'
import { createFetchHeaders, describeFetch } from '@plutus/instrumentation-http'

/** What upstream's class does when a request is created. */
interface RequestObserver {
  onRequestCreated(message: unknown): void
}

/** It is loaded for the first request, whose message has been published by then. */
export const create = (config: ResolvedConfig, first?: unknown): Instrumentation => {
  const addHeaders = createFetchHeaders({
    correlationHeaders: config.get('PLUTUS_CORRELATION_HEADERS'),
    correlationHosts: config.get('PLUTUS_CORRELATION_HOSTS'),
  })
  const instrumentation = new UndiciInstrumentation({
    startSpanHook: (request) => describeFetch(request),
    requestHook: (span, request) => addHeaders(request, span),
  })
  if (first !== undefined) (instrumentation as unknown as RequestObserver).onRequestCreated(first)
  return instrumentation
}
