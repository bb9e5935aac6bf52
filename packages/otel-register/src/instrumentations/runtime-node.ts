import { metrics } from '@opentelemetry/api'
import type { Instrumentation } from '@opentelemetry/instrumentation'
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node'

export const create = (): Instrumentation => {
  const instrumentation = new RuntimeNodeInstrumentation()
  // Upstream's base class asks for the instruments before the fields of this one exist, and never again.
  instrumentation.setMeterProvider(metrics.getMeterProvider())
  return instrumentation
}
