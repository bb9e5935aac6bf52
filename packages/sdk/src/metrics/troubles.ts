import { diag } from '@opentelemetry/api'

/**
 * Why a measurement is missing from a metric, or is not where it belongs.
 *
 * - `value_invalid`: not a number, not finite, or negative where only growth is measured
 * - `attributes_invalid`: counted in the overflow point, since its attributes are too large to keep or do not tell their keys
 * - `callback_failed`: a callback threw or rejected; what it observed before that is kept
 * - `callback_unfinished`: a callback did not end in time; what it observed before that is kept
 * - `instrument_invalid`, `instrument_limit`: the instrument records nothing, for its name or because there are too many
 * - `metric_failed`: a metric could not be collected
 */
export type MetricLossReason =
  | 'value_invalid'
  | 'attributes_invalid'
  | 'callback_failed'
  | 'callback_unfinished'
  | 'instrument_invalid'
  | 'instrument_limit'
  | 'metric_failed'

/** Is told of each loss as it happens; what it throws is ignored. */
export type OnMetricLoss = (reason: MetricLossReason, count: number) => void

/** Tells what goes wrong without getting in the way of what goes on. */
export interface Troubles {
  /** Counts a loss. */
  lose(reason: MetricLossReason, count?: number): void
  /** Tells a mistake of the application, once for each text. Values of measurements stay out of it. */
  warn(message: string): void
}

// Texts hold names that the application gives, so there may be ever new ones.
const MAX_WARNINGS = 1_000

/** Creates the teller of a provider's troubles. */
export function createTroubles(onLoss: OnMetricLoss | undefined): Troubles {
  const told = new Set<string>()
  // Whoever counts may count with an instrument of this very provider.
  let isTelling = false
  const tell = (run: () => void): void => {
    if (isTelling) return
    isTelling = true
    try {
      run()
    } catch {
      // A logger or counter that fails must not reach whoever records.
    } finally {
      isTelling = false
    }
  }
  return {
    lose: (reason, count = 1) => tell(() => onLoss?.(reason, count)),
    warn: (message) => {
      if (told.size >= MAX_WARNINGS || told.has(message)) return
      told.add(message)
      tell(() => diag.warn(message))
    },
  }
}
