import { trace } from '@opentelemetry/api'
import type { Context, Span } from '@opentelemetry/api'
import type { Failure } from './failure.ts'

// Libraries such as knex stand above a driver that is observed itself. Their spans are told when the driver runs a
// command for them: they leave the measuring to it, and know from it what the database answered.

/** What a driver did below the span of a library. */
export interface DriverBelow {
  hasRun: boolean
  /** Of the last command that failed; the library may have made another error of it. */
  failure: Failure | undefined
}

const layers = new WeakMap<Span, DriverBelow>()
let hasLayers = false

/** Makes a span one of a library above a driver. */
export function openLayer(span: Span): void {
  hasLayers = true
  layers.set(span, { hasRun: false, failure: undefined })
}

/** What the driver has done below a span; `undefined` if it is no span of a library above a driver. */
export function driverBelow(span: Span): DriverBelow | undefined {
  return layers.get(span)
}

/** The library above the driver whose span is active in a context, if there is one. */
export function layerOf(context: Context): DriverBelow | undefined {
  const span = hasLayers ? trace.getSpan(context) : undefined
  return span === undefined ? undefined : layers.get(span)
}
