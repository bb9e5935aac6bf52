import type { Attributes } from '@opentelemetry/api'

const MAX_VALUES = 16
const MAX_LENGTH = 1_024
const NOTHING: Attributes = Object.freeze({})

/** The named headers as `http.request.header.<name>` or `http.response.header.<name>`, each a list, bounded. */
export function captureHeaders(
  of: 'request' | 'response',
  headers: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Attributes {
  if (names.length === 0) return NOTHING
  const attributes: Attributes = {}
  for (const name of names) {
    const value = headers[name]
    if (value === undefined) continue
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    attributes[`http.${of}.header.${name}`] = values
      .slice(0, MAX_VALUES)
      .map((part) => String(part).slice(0, MAX_LENGTH))
  }
  return attributes
}
