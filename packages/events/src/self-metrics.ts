import { metrics } from '@opentelemetry/api'
import type { Counter, Meter, MeterProvider } from '@opentelemetry/api'

/** Why an event, or a part of one, is not what its caller meant. */
export type LossReason = 'unreadable' | 'too_large' | 'invalid' | 'failed' | 'console'

/** Makes one instrument per meter provider: one made before an SDK registers would stay a no-op for ever. */
export function createInstrument<T>(create: (meter: Meter) => T): () => T {
  let provider: MeterProvider | undefined
  let instrument: T | undefined
  return () => {
    const current = metrics.getMeterProvider()
    if (instrument === undefined || current !== provider) {
      provider = current
      instrument = create(current.getMeter('@plutus/events'))
    }
    return instrument
  }
}

const losses = createInstrument<Counter>((meter) =>
  meter.createCounter('plutus.events.losses', {
    description: 'Events, or parts of them, that could not be recorded as given, by reason.',
    unit: '{event}',
  }),
)

/** Counts one loss in `plutus.events.losses`, by reason. Never throws. */
export function countLoss(reason: LossReason): void {
  try {
    losses().add(1, { 'plutus.reason': reason })
  } catch {
    // There is nowhere left to count it, and recording never throws into the application.
  }
}
