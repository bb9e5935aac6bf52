import type { Instrumentation } from '@opentelemetry/instrumentation'
import { HostMetricsInstrumentation } from '@opentelemetry/instrumentation-host-metrics'

export const create = (): Instrumentation => new HostMetricsInstrumentation()
