import type { TextMapPropagator } from '@opentelemetry/api'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { loadPart } from './load-part.ts'

/** Name of a propagator, as `OTEL_PROPAGATORS` has it. */
export type PropagatorName = 'tracecontext' | 'baggage' | 'b3' | 'b3multi' | 'none'

/** Creates one propagator out of those that are named; `undefined` if `none` is among them or the list is empty. */
export function createPropagator(names: readonly PropagatorName[]): TextMapPropagator | undefined {
  const propagators: TextMapPropagator[] = []
  for (const name of new Set(names)) {
    if (name === 'none') return undefined
    propagators.push(PROPAGATORS[name]())
  }
  return propagators.length > 1 ? new CompositePropagator({ propagators }) : propagators[0]
}

const PROPAGATORS: Record<Exclude<PropagatorName, 'none'>, () => TextMapPropagator> = {
  tracecontext: () => new W3CTraceContextPropagator(),
  baggage: () => new W3CBaggagePropagator(),
  b3: () => loadPart('b3').createB3Propagator('b3'),
  b3multi: () => loadPart('b3').createB3Propagator('b3multi'),
}
