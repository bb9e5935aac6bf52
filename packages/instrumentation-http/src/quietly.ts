import { diag } from '@opentelemetry/api'

/**
 * Runs a piece of recording whose failure must not reach the application.
 *
 * Needed above all in listeners of diagnostics channels: what they throw becomes an uncaught exception.
 */
export function quietly(record: () => void): void {
  try {
    record()
  } catch (error) {
    diag.debug('recording failed', error)
  }
}
