import { diag } from '@opentelemetry/api'
import { setGlobalErrorHandler } from '@opentelemetry/core'

/** Sends errors inside upstream's packages where everything else goes that they have to say. */
export function routeErrors(): void {
  setGlobalErrorHandler((error) => diag.error('OpenTelemetry', error))
}
