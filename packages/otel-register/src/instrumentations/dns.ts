import type { Instrumentation } from '@opentelemetry/instrumentation'
import { DnsInstrumentation } from '@opentelemetry/instrumentation-dns'

export const create = (): Instrumentation => new DnsInstrumentation()
