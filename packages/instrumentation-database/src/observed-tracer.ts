import { context, trace } from '@opentelemetry/api'
import type { Context, Span, SpanOptions, Tracer, TracerProvider } from '@opentelemetry/api'
import { commandOfSpan } from './command-of-span.ts'
import type { Monitor } from './monitor.ts'
import { driverBelow, layerOf, openLayer } from './layers.ts'
import { ObservedSpan } from './observed-span.ts'
import { quietly } from './quietly.ts'
import { report } from './report.ts'
import { stableAttributes } from './stable-attributes.ts'

/**
 * Which spans of an upstream instrumentation are measured: those of a `driver` always, those of a `layer` above a
 * driver unless the driver measures itself; by name, since some are no commands.
 */
export type SpanRole = (name: string) => 'driver' | 'layer' | 'detail'

/** Gives an upstream instrumentation tracers whose spans are observed. */
export class ObservedTracerProvider implements TracerProvider {
  readonly #provider: TracerProvider
  readonly #monitor: Monitor
  readonly #roleOf: SpanRole

  constructor(provider: TracerProvider, monitor: Monitor, roleOf: SpanRole) {
    this.#provider = provider
    this.#monitor = monitor
    this.#roleOf = roleOf
  }

  getTracer(...args: Parameters<TracerProvider['getTracer']>): Tracer {
    return new ObservedTracer(this.#provider.getTracer(...args), this.#monitor, this.#roleOf)
  }
}

class ObservedTracer implements Tracer {
  readonly #tracer: Tracer
  readonly #monitor: Monitor
  readonly #roleOf: SpanRole

  constructor(tracer: Tracer, monitor: Monitor, roleOf: SpanRole) {
    this.#tracer = tracer
    this.#monitor = monitor
    this.#roleOf = roleOf
  }

  startSpan(name: string, options: SpanOptions = {}, parent: Context = context.active()): Span {
    try {
      return this.#startObserved(name, options, parent)
    } catch {
      return this.#tracer.startSpan(name, options, parent)
    }
  }

  startActiveSpan<F extends (span: Span) => unknown>(name: string, ...rest: unknown[]): ReturnType<F> {
    const fn = rest.pop() as F
    const [options, parent = context.active()] = rest as [SpanOptions?, Context?]
    const span = this.startSpan(name, options, parent)
    return context.with(trace.setSpan(parent, span), () => fn(span) as ReturnType<F>)
  }

  #startObserved(name: string, options: SpanOptions, parent: Context): Span {
    const startMillis = performance.now()
    const role = this.#roleOf(name)
    const layer = role === 'driver' ? layerOf(parent) : undefined
    if (layer !== undefined) layer.hasRun = true
    const attributes = stableAttributes(options.attributes ?? {})
    const command = commandOfSpan(attributes, name)
    const started = { ...options, attributes: { ...attributes, ...command.spanAttributes } }
    const inner = this.#monitor.startSpan(this.#tracer, command.name, started, parent)
    const span: Span = new ObservedSpan(inner, name, attributes, ({ command, failure, error }) => {
      if (role === 'detail' || driverBelow(span)?.hasRun === true) return
      const outcome = { command, failure, error, rows: undefined, startMillis, parent, span: inner }
      quietly(() => report(this.#monitor, outcome))
    })
    if (role === 'layer') openLayer(span)
    return span
  }
}
