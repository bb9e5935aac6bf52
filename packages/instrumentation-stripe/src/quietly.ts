import { diag } from '@opentelemetry/api'

/** Runs a piece of recording; whatever it throws is told to `diag` and goes no further. */
export function quietly(record: () => void): void {
  try {
    record()
  } catch (error) {
    diag.debug('recording a payment operation failed', error)
  }
}
