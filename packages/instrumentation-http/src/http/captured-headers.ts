import type { Attributes } from '@opentelemetry/api'

const MAX_VALUES = 16
const MAX_LENGTH = 1_024
const MASK = '[redacted]'
const NOTHING: Attributes = Object.freeze({})

// Whole words of a name that say that its value opens something: `x-api-key`, `Stripe-Signature`, but not `x-keyword`.
const CREDENTIALS = new Set([
  'apikey',
  'assertion',
  'auth',
  'authorization',
  'cookie',
  'cookie2',
  'credential',
  'credentials',
  'csrf',
  'jwt',
  'key',
  'passwd',
  'password',
  'secret',
  'session',
  'sessionid',
  'sid',
  'signature',
  'token',
  'xsrf',
])
// Names that hold such a word, and whose values open nothing.
const HARMLESS = new Set(['idempotency-key', 'sec-websocket-key', 'x-idempotency-key'])
const isSecretByName = new Map<string, boolean>()

/**
 * The named headers as `http.request.header.<name>` or `http.response.header.<name>`, each a list, bounded; of headers
 * that carry credentials only that they were there.
 *
 * @param names in lower case, as settings have them.
 */
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
    const values: readonly unknown[] = Array.isArray(value) ? value.slice(0, MAX_VALUES) : [value]
    attributes[`http.${of}.header.${name}`] = isSecret(name)
      ? values.map(() => MASK)
      : values.map((part) => String(part).slice(0, MAX_LENGTH))
  }
  return attributes
}

/** Whether a header carries credentials, by its name. The names are those of settings, so that the map stays small. */
function isSecret(name: string): boolean {
  let verdict = isSecretByName.get(name)
  if (verdict === undefined) {
    verdict = !HARMLESS.has(name) && name.split(/[-_.]/).some((word) => CREDENTIALS.has(word))
    isSecretByName.set(name, verdict)
  }
  return verdict
}
