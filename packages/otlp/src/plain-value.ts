import type { DecodedKeyValue, DecodedValue } from './otlp-messages.ts'

/**
 * Turns a decoded value into a plain one: integers into numbers where that is exact, else bigints; maps into objects.
 * An empty value is null; of equal keys in a map the last one counts.
 */
export function toPlainValue(value: DecodedValue | undefined): unknown {
  if (value === undefined) return null
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } = value
  if (arrayValue !== undefined) return arrayValue.values.map(toPlainValue)
  if (kvlistValue !== undefined) return toPlainAttributes(kvlistValue.values)
  if (intValue !== undefined) return Number.isSafeInteger(Number(intValue)) ? Number(intValue) : intValue
  return stringValue ?? boolValue ?? doubleValue ?? bytesValue ?? null
}

/** Turns decoded attributes into an object of plain values; a key such as `__proto__` is a key like any other. */
export function toPlainAttributes(attributes: readonly DecodedKeyValue[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, toPlainValue(value)]))
}
