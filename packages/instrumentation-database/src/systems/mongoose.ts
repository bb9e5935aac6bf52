import { context, trace } from '@opentelemetry/api'
import type { Span } from '@opentelemetry/api'
import { isMethod } from '../method.ts'
import type { Method } from '../method.ts'
import type { UpstreamInternals } from '../upstream.ts'
import type { System } from './system.ts'

interface HandlesResponses extends UpstreamInternals {
  _handleResponse?: (
    span: Span,
    run: Method,
    model: unknown,
    args: unknown,
    callback: unknown,
    version?: string,
  ) => unknown
}

/** `mongoose`: its operations as a layer above the driver's commands, which become children of their spans. */
export const mongoose: System = {
  config: {},
  roleOf: () => 'layer',
  adjust: (instrumentation: HandlesResponses) => {
    const handle = instrumentation._handleResponse?.bind(instrumentation)
    if (handle === undefined) return
    instrumentation._handleResponse = (span, run, model, args, callback, version) => {
      const active = context.active()
      const bound = isMethod(callback) ? context.bind(active, callback) : callback
      return context.with(trace.setSpan(active, span), () => handle(span, run, model, args, bound, version))
    }
  },
}
