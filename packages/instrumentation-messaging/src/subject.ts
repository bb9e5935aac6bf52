const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const HEXADECIMAL = /^[0-9a-f]{8,}$/i
const DIGITS = /^\d+$/
const HAS_DIGIT = /\d/
/** Generated ids (ULID, NUID, KSUID) are this long or longer; words with a digit rarely are. */
const GENERATED_LENGTH = 16
const MAX_TOKENS = 32

/** What a subject is called in spans. */
export interface SubjectName {
  /** The subject; of an inbox its prefix and `*`, since an inbox lives for one answer. */
  readonly name: string
  /** The subject with `*` in place of what differs from message to message; fit for span names. */
  readonly template: string
  /** Whether it is an inbox. */
  readonly isTemporary: boolean
}

/**
 * Tells what a NATS subject is called in spans.
 *
 * Numbers, UUIDs, hexadecimal and generated ids between the dots become `*` in the template; so do the keys of a
 * key-value bucket. What a person chose as a word stays.
 *
 * @param inboxPrefix prefix of the connection's inboxes, without the dot.
 * @example nameSubject('orders.42.paid', '_INBOX').template // 'orders.*.paid'
 */
export function nameSubject(subject: string, inboxPrefix: string): SubjectName {
  if (isInbox(subject, inboxPrefix)) {
    const name = `${inboxPrefix}.*`
    return { name, template: name, isTemporary: true }
  }
  const tokens = subject.split('.', MAX_TOKENS + 1)
  const isKey = (index: number): boolean => tokens[0] === '$KV' && index > 1
  const kept = tokens.slice(0, MAX_TOKENS).map((token, index) => (isKey(index) || isGenerated(token) ? '*' : token))
  const template = `${kept.join('.')}${tokens.length > MAX_TOKENS ? '.>' : ''}`
  return { name: subject, template, isTemporary: false }
}

/** Tells whether a subject is an inbox: the address of the answer to one request. */
export function isInbox(subject: string, inboxPrefix: string): boolean {
  return subject.startsWith(`${inboxPrefix}.`) || subject.startsWith('_INBOX.')
}

/** Tells whether a subject belongs to the server: requests to its API, acknowledgements, chunks of stored objects. */
export function isInternal(subject: string): boolean {
  return subject.startsWith('$')
}

function isGenerated(token: string): boolean {
  if (DIGITS.test(token) || UUID.test(token)) return true
  if (!HAS_DIGIT.test(token)) return false
  return token.length >= GENERATED_LENGTH || HEXADECIMAL.test(token)
}
