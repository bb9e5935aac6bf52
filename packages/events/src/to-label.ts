const MAX_LENGTH = 256

/**
 * A name as it may stand on a metric or a span: a text, bounded. What is no text becomes the name of its type: an SDK
 * takes attributes of metrics as they are, and one that cannot be written would cost all metrics of the process.
 */
export function toLabel(name: unknown): string {
  return typeof name === 'string' ? name.slice(0, MAX_LENGTH) : `[${typeof name}]`
}
