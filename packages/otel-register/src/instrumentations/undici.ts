import type { Instrumentation } from '@opentelemetry/instrumentation'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import type { ResolvedConfig } from '@plutus/config'
import { createFetchHeaders } from '@plutus/instrumentation-http'

export const create = (config: ResolvedConfig): Instrumentation => {
  const addHeaders = createFetchHeaders({
    correlationHeaders: config.get('PLUTUS_CORRELATION_HEADERS'),
    correlationHosts: config.get('PLUTUS_CORRELATION_HOSTS'),
  })
  return new UndiciInstrumentation({ requestHook: (_span, request) => addHeaders(request) })
}
