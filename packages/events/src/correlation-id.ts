// One character class, bounded: linear, and no value that passes can break a header, a log line or a terminal.
const CORRELATION_ID = /^[A-Za-z0-9._-]{1,64}$/

/** Whether a value may serve as correlation id: 1 to 64 letters, digits, dots, underscores and hyphens. */
export function isCorrelationId(value: unknown): value is string {
  return typeof value === 'string' && CORRELATION_ID.test(value)
}
