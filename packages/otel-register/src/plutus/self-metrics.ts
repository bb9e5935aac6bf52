import type { Attributes, Counter, Meter, MetricOptions } from '@opentelemetry/api'

/** A meter whose counters are made when they first count: what costs nothing until then belongs on the start-up path. */
export function createLateMeter(getMeter: () => Meter): Pick<Meter, 'createCounter'> {
  return {
    createCounter: (name: string, options?: MetricOptions): Counter => {
      let counter: Counter | undefined
      return {
        add: (value: number, attributes?: Attributes) => {
          counter ??= getMeter().createCounter(name, options)
          counter.add(value, attributes)
        },
      }
    },
  }
}
