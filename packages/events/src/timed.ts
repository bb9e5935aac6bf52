import type { Histogram } from '@opentelemetry/api'
import { cloneFields, readOptions } from './copy-fields.ts'
import { errorTypeOf } from './error-type.ts'
import { measure } from './measure.ts'
import type { Outcome } from './measure.ts'
import { quietly } from './quietly.ts'
import type { Fields } from './scope.ts'
import { createInstrument } from './self-metrics.ts'
import { toLabel } from './to-label.ts'
import { recordEvent } from './typed-logger.ts'

/** How `timed` treats one operation. */
export interface TimedOptions {
  /** Milliseconds from which the operation is slow and its event a warning. @defaultValue 1000 */
  readonly slowMillis?: number
  /** Fields of the event, beyond its own. */
  readonly fields?: Readonly<Fields>
}

const SLOW_MILLIS = 1_000

const duration = createInstrument<Histogram>((meter) =>
  meter.createHistogram('plutus.operation.duration', {
    description: 'Duration of the operations that the application times.',
    unit: 's',
    advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] },
  }),
)

/**
 * Runs `fn`, returns what it returns, and records how long it took: one value of the histogram
 * `plutus.operation.duration` and one event `operation.timed`, a warning if it was slow, with `error.type` if it failed.
 *
 * A promise counts until it settles. A query builder or another thenable that is no promise has to be awaited in `fn`.
 *
 * @example const intent = await performance.timed('capture', () => stripe.paymentIntents.capture(id))
 */
export function timed<T>(name: string, fn: () => T, options?: TimedOptions): T {
  return measure(fn, (outcome) => record(name, outcome, options))
}

/**
 * Times every call of a method, as `timed` does; a decorator of TC39's form.
 *
 * @param name of the operation; the method's own name by default.
 * @example class Ledger { @Timed('ledger.close') async close() {} }
 */
export function Timed(name?: string, options?: TimedOptions) {
  return function decorate<This, Args extends unknown[], Result>(
    method: (this: This, ...args: Args) => Result,
    context: ClassMethodDecoratorContext<This, (this: This, ...args: Args) => Result>,
  ): (this: This, ...args: Args) => Result {
    const operation = name ?? String(context.name)
    return function timedMethod(this: This, ...args: Args): Result {
      return timed(operation, () => method.apply(this, args), options)
    }
  }
}

function record(name: string, outcome: Outcome, options: TimedOptions | undefined): void {
  const { slowMillis: given, fields } = readOptions(options)
  const slowMillis = typeof given === 'number' ? given : SLOW_MILLIS
  const error = outcome.failed ? { 'error.type': errorTypeOf(outcome.thrown) } : undefined
  quietly(() => duration().record(outcome.seconds, { 'operation.name': toLabel(name), ...error }))
  recordEvent('operation.timed', {
    ...(fields && cloneFields(fields)),
    'operation.name': name,
    'operation.duration': outcome.seconds,
    'operation.slow': outcome.seconds * 1000 >= slowMillis,
    'event.outcome': outcome.failed ? 'failure' : 'success',
    ...error,
  })
}
