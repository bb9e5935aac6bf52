import type { TextMapPropagator } from '@opentelemetry/api'
import { B3InjectEncoding, B3Propagator } from '@opentelemetry/propagator-b3'

/** Creates the propagator for Zipkin's headers: one header, or one for each field. */
export function createB3Propagator(name: 'b3' | 'b3multi'): TextMapPropagator {
  return new B3Propagator(name === 'b3' ? {} : { injectEncoding: B3InjectEncoding.MULTI_HEADER })
}
