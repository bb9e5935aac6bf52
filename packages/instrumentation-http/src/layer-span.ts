import { context, trace } from '@opentelemetry/api'
import type { Context, Span } from '@opentelemetry/api'
import type { RoutedRequest } from './layer-route.ts'
import { quietly } from './quietly.ts'
import { recordError } from './record-error.ts'
import type { AnyFunction } from './unknown.ts'

/** What tells that a response is over. */
export interface Emitter {
  once(event: string, listener: () => void): unknown
  removeListener(event: string, listener: () => void): unknown
}

/** What a layer is called with. */
export interface LayerCall {
  readonly req: RoutedRequest
  readonly res: Emitter
  readonly next: AnyFunction
}

/** Runs a layer in the context of its span, which ends when it hands the request on or the response is closed. */
export function runInSpan(
  span: Span,
  active: Context,
  { req, res, next }: LayerCall,
  run: (next: AnyFunction) => unknown,
): unknown {
  let ended = false
  const end = (): void => {
    if (ended) return
    ended = true
    span.end()
  }
  const parent = trace.getSpan(active)
  const tracedNext = function (this: unknown, ...args: unknown[]): unknown {
    quietly(() => {
      if (!ended && isError(args[0])) recordError(span, args[0])
      end()
      res.removeListener('close', end)
    })
    quietly(() => replaceNext(req, tracedNext, next))
    // What the handler put into the context stays there; only its span is over.
    const after = parent === undefined ? context.active() : trace.setSpan(context.active(), parent)
    return context.with(after, () => next.apply(this, args))
  }
  // A handler finds the same function in its request, where express itself takes it from.
  quietly(() => replaceNext(req, next, tracedNext))
  try {
    return context.with(trace.setSpan(active, span), run, undefined, tracedNext)
  } finally {
    if (!ended) quietly(() => void res.once('close', end))
  }
}

/** Runs a layer without a span, and tells what it fails with. */
export function runWatched(
  { req, next }: LayerCall,
  run: (next: AnyFunction) => unknown,
  onError: (error: unknown) => void,
): unknown {
  const watchedNext = function (this: unknown, ...args: unknown[]): unknown {
    quietly(() => {
      replaceNext(req, watchedNext, next)
      if (isError(args[0])) onError(args[0])
    })
    return next.apply(this, args)
  }
  quietly(() => replaceNext(req, next, watchedNext))
  return run(watchedNext)
}

function replaceNext(req: RoutedRequest, from: AnyFunction, to: AnyFunction): void {
  if (req.next === from) req.next = to
}

/** `next('route')` and `next('router')` are directions, not errors. */
function isError(value: unknown): boolean {
  return Boolean(value) && value !== 'route' && value !== 'router'
}
